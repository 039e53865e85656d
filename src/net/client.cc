// SPDX-License-Identifier: Apache-2.0
// How libcurl 7.88 is used, and why so:
//
// - CURLOPT_PREREQFUNCTION is called after the connection stands (TLS included) and before the
// first
//   byte of a request. Never called for a send: nothing of it left, the exchange was `unreachable`.
//   Called: from then on every failure is `lost`, whatever its code. "Could not connect" too can
//   come after a request was delivered: when a reused connection dies without an answer, libcurl
//   goes back to connecting in order to repeat the request. The second call for one send refuses
//   that. (A cached connection that libcurl finds dead when it picks one is replaced before the
//   first call, and costs nothing.)
// - CURLOPT_TIMEOUT_MS would put each transfer into libcurl's timer tree: a quarter of the time per
//   request. All transfers have the same time-out, so the oldest is always the first due, and the
//   list of active transfers is the queue of deadlines.
// - No compression is asked for: answers are small, and what is not inflated cannot explode.
#include "net/client.h"

#include <algorithm>
#include <array>
#include <deque>
#include <list>
#include <thread>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <fmt/format.h>
#include <poll.h>

#include "base/text.h"
#include "net/client_check.h"
#include "net/client_headers.h"
#include "net/client_url.h"
#include "net/client_words.h"

namespace usher::net {
namespace {

using std::chrono::milliseconds;

constexpr long kBufferBytes = 16 << 10;
constexpr long kIdleConnectionSeconds = 20;  // below what servers and load balancers allow
constexpr std::size_t kMostHeaderBytes = 1024;
constexpr Duration kLongestPoll = std::chrono::hours(1);

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiDeleter {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};

// What a handle is told of the server it goes to.
struct Reach {
  bool encrypted = false;
  bool loopback = false;
  friend bool operator==(const Reach&, const Reach&) = default;
};

// One exchange at a time, and the handle it uses again and again.
struct Transfer {
  std::unique_ptr<CURL, EasyDeleter> handle;
  std::list<Transfer>::iterator place;

  // What the handle points to or was last told.
  std::string url;
  bool elsewhere = false;      // the url is a request's own
  std::optional<Reach> reach;  // what kind of server that is
  std::string host;            // and which: for messages
  std::string body;
  OwnHeaders headers;
  std::optional<Method> method;
  bool has_content = false;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::size_t max_answer = 0;

  // The exchange.
  std::uint64_t ticket = 0;
  Instant deadline{};
  int starts = 0;  // how often libcurl was about to put the request on the wire
  bool in_head = false;
  bool too_large = false;
  Response response;
};

// --- callbacks: C code calls them, so nothing may be thrown, and none calls libcurl
// ---------------

int on_start(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(self);
  return ++transfer.starts == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void read_head_line(Transfer& transfer, std::string_view line) {
  Response& response = transfer.response;
  if (line.starts_with("HTTP/")) {  // of a final answer or of one of the 1xx before it
    response = {};
    transfer.in_head = true;
    return;
  }
  if (!transfer.in_head) return;  // a trailer
  const std::size_t colon = line.find(':');
  if (colon == line.npos) {
    if (trim(line).empty()) transfer.in_head = false;
    return;
  }
  const std::string_view name = line.substr(0, colon);
  const auto keep = [&](std::string& into) {
    into = trim(line.substr(colon + 1)).substr(0, kMostHeaderBytes);
  };
  if (equal_ignoring_case(name, "content-type")) keep(response.content_type);
  if (equal_ignoring_case(name, "x-request-id")) keep(response.request_id);
  if (equal_ignoring_case(name, "retry-after")) keep(response.retry_after);
}

std::size_t on_head_line(char* bytes, std::size_t size, std::size_t count, void* self) {
  try {
    read_head_line(*static_cast<Transfer*>(self), {bytes, size * count});
    return size * count;
  } catch (...) {
    return 0;  // ends the transfer
  }
}

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string& body = transfer.response.body;
  const std::size_t length = size * count;
  if (length > transfer.max_answer - body.size()) {
    transfer.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  try {
    body.append(bytes, length);
    return length;
  } catch (...) {
    return CURL_WRITEFUNC_ERROR;
  }
}

// --- small helpers
// ---------------------------------------------------------------------------------

bool any_ready(std::span<const int> readable) {
  return std::ranges::any_of(readable, [](int fd) {
    pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&asked, 1, 0) > 0;
  });
}

Status start_libcurl() {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kStarted != CURLE_OK) {
    return fail(fmt::format("libcurl cannot start: {}", curl_easy_strerror(kStarted)));
  }
  return {};
}

}  // namespace

// --- the client
// -------------------------------------------------------------------------------------

struct Client::Impl {
  Impl(Options given, BaseUrl base);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<Transfer*> take();
  CURLcode prepare(Transfer& transfer) const;
  void configure(Transfer& transfer, const Request& request);
  void point_at(Transfer& transfer, const Request& request);
  void point_at(Transfer& transfer, const BaseUrl& url) const;
  Status check_host(const Request& request);
  void send(std::uint64_t ticket, const Request& request);
  void refuse(std::uint64_t ticket, std::string detail, bool hopeless);

  void wait(Duration at_most, std::span<const int> readable);
  bool poll(Duration at_most, std::span<const int> readable);
  void work();
  void finish(Transfer& transfer, CURLcode code);
  void finish_overdue();
  void complete(Transfer& transfer);

  Options options;
  BaseUrl base_url;
  // The last request's own address, and what came of its check.
  std::string other_text;
  BaseUrl other_url;
  FixedHeaders headers;
  std::unique_ptr<CURLM, MultiDeleter> multi;
  std::list<Transfer> active;  // the oldest first: also the queue of deadlines
  std::list<Transfer> idle;
  std::deque<Completion> done;
  std::vector<curl_waitfd> waited;
};

Client::Impl::Impl(Options given, BaseUrl base)
    : options(std::move(given)),
      base_url(std::move(base)),
      headers(options),
      multi(curl_multi_init()) {
  if (!multi) return;
  curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  const long connections = options.max_connections;
  curl_multi_setopt(multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, connections);
}

Client::Impl::~Impl() {
  for (auto& transfer : active) curl_multi_remove_handle(multi.get(), transfer.handle.get());
}

// A handle is told once what never changes.
CURLcode Client::Impl::prepare(Transfer& transfer) const {
  CURL* handle = transfer.handle.get();
  CURLcode result = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    if (result == CURLE_OK) result = curl_easy_setopt(handle, option, value);
  };
  set(CURLOPT_PRIVATE, static_cast<void*>(&transfer));
  set(CURLOPT_PREREQFUNCTION, &on_start);
  set(CURLOPT_PREREQDATA, static_cast<void*>(&transfer));
  set(CURLOPT_HEADERFUNCTION, &on_head_line);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(CURLOPT_ERRORBUFFER, transfer.error.data());

  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // an abandoned name look-up must not hold up the others
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_MAXAGE_CONN, kIdleConnectionSeconds);
  set(CURLOPT_BUFFERSIZE, kBufferBytes);
  set(CURLOPT_UPLOAD_BUFFERSIZE, kBufferBytes);

  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);  // an id of ".." stays an id
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  return result;
}

void Client::Impl::point_at(Transfer& transfer, const BaseUrl& url) const {
  transfer.host = url.place;
  const Reach reach{url.encrypted, url.loopback};
  if (transfer.reach == reach) return;
  transfer.reach = reach;
  CURL* handle = transfer.handle.get();
  // To this machine without a proxy, whatever the environment says.
  curl_easy_setopt(handle, CURLOPT_PROXY, reach.loopback ? "" : nullptr);
  const bool http2 = reach.encrypted && options.http2;
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION,
                   static_cast<long>(http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  // Or the first burst opens a connection per request.
  curl_easy_setopt(handle, CURLOPT_PIPEWAIT, http2 ? 1L : 0L);
}

void Client::Impl::point_at(Transfer& transfer, const Request& request) {
  const std::string_view known(transfer.url);
  if (!request.url.empty()) {
    if (transfer.elsewhere && known == request.url) return;
    transfer.url = request.url;
    transfer.elsewhere = true;
    point_at(transfer, other_url);
  } else {
    const bool stays = !known.empty() && !transfer.elsewhere;
    if (stays && known.substr(base_url.text.size()) == request.path) return;
    transfer.url = base_url.text + request.path;
    if (!stays) point_at(transfer, base_url);
    transfer.elsewhere = false;
  }
  curl_easy_setopt(transfer.handle.get(), CURLOPT_URL, transfer.url.c_str());
}

// Of a request's own address what is asked of the client's.
Status Client::Impl::check_host(const Request& request) {
  if (request.url.empty() || request.url == other_text) return {};
  other_text.clear();
  const auto plaintext = options.allow_plaintext ? Plaintext::anywhere : Plaintext::loopback_only;
  USHER_TRY_ASSIGN(other_url, parse_base_url(request.url, plaintext));
  other_text = request.url;
  return {};
}

// An idle transfer, or a new one, at the end of the active ones.
Result<Transfer*> Client::Impl::take() {
  if (idle.empty()) {
    Transfer& fresh = idle.emplace_front();
    fresh.place = idle.begin();
    fresh.max_answer = options.max_answer;
    fresh.handle.reset(curl_easy_init());
    const CURLcode code = fresh.handle ? prepare(fresh) : CURLE_OUT_OF_MEMORY;
    if (code != CURLE_OK) {
      idle.pop_front();
      return fail(fmt::format("libcurl cannot be set up: {}", curl_easy_strerror(code)));
    }
  }
  Transfer& transfer = idle.front();
  active.splice(active.end(), idle, transfer.place);
  return &transfer;
}

// Only what differs from the last request of this handle is told.
void Client::Impl::configure(Transfer& transfer, const Request& request) {
  CURL* handle = transfer.handle.get();
  const bool has_content = !request.body.empty() || request.method == Method::post ||
                           request.method == Method::put || request.method == Method::patch;
  if (transfer.method != request.method || transfer.has_content != has_content) {
    if (!has_content) curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    const bool usual = request.method == (has_content ? Method::post : Method::get);
    const std::string name(to_string(request.method));
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, usual ? nullptr : name.c_str());
    transfer.method = request.method;
    transfer.has_content = has_content;
  }
  if (has_content) {
    transfer.body = request.body;
    const auto size = static_cast<curl_off_t>(transfer.body.size());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, size);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, transfer.body.data());
  }
  point_at(transfer, request);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, transfer.headers.list(request, headers));
}

void Client::Impl::refuse(std::uint64_t ticket, std::string detail, bool hopeless) {
  Completion completion{.ticket = ticket, .response = {}};
  completion.response.transport = Transport::unreachable;
  completion.response.detail = std::move(detail);
  completion.response.hopeless = hopeless;
  done.push_back(std::move(completion));
}

void Client::Impl::send(std::uint64_t ticket, const Request& request) {
  Status usable = check(request);
  if (usable) usable = check_host(request);
  if (!usable) return refuse(ticket, "not sent: " + usable.error().what, true);
  const auto taken = take();
  if (!taken) return refuse(ticket, "not sent: " + taken.error().what, false);
  Transfer& transfer = **taken;
  configure(transfer, request);
  transfer.ticket = ticket;
  transfer.deadline = read_clocks().steady + options.timeout;
  transfer.starts = 0;
  transfer.in_head = transfer.too_large = false;
  transfer.error[0] = '\0';
  transfer.response = {};
  if (curl_multi_add_handle(multi.get(), transfer.handle.get()) != CURLM_OK) {
    finish(transfer, CURLE_OUT_OF_MEMORY);
  }
}

void Client::Impl::wait(Duration at_most, std::span<const int> readable) {
  const Instant until =
      read_clocks().steady + std::clamp<Duration>(at_most, Duration::zero(), kLongestTime);
  for (bool readable_now = false;;) {
    work();
    if (!done.empty() || readable_now) return;
    const Instant now = read_clocks().steady;
    if (now >= until) return;
    const Instant next = active.empty() ? until : std::min(until, active.front().deadline);
    readable_now = poll(next - now, readable);
  }
}

// True when one of `readable` is.
bool Client::Impl::poll(Duration at_most, std::span<const int> readable) {
  waited.clear();
  for (const int fd : readable) waited.push_back({fd, CURL_WAIT_POLLIN, 0});
  const auto longest = std::clamp(at_most, Duration::zero(), kLongestPoll);
  const auto rounded_up = static_cast<int>(std::chrono::ceil<milliseconds>(longest).count());
  int ready = 0;
  const CURLMcode code = curl_multi_poll(multi.get(), waited.data(),
                                         static_cast<unsigned>(waited.size()), rounded_up, &ready);
  if (code != CURLM_OK) std::this_thread::sleep_for(milliseconds{1});  // never spin
  // libcurl does not tell that a descriptor has ended or failed; poll() does.
  return (ready > 0 || code != CURLM_OK) && any_ready(readable);
}

void Client::Impl::work() {
  int running = 0;
  curl_multi_perform(multi.get(), &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CURL* handle = message->easy_handle;
    void* transfer = nullptr;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &transfer);
    curl_multi_remove_handle(multi.get(), handle);
    finish(*static_cast<Transfer*>(transfer), code);
  }
  finish_overdue();
}

void Client::Impl::finish(Transfer& transfer, CURLcode code) {
  CURL* handle = transfer.handle.get();
  Response& response = transfer.response;
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  // (An end in the middle of the head is success to libcurl.)
  if (code == CURLE_OK && status >= 200 && !transfer.in_head) {
    response.transport = Transport::answered;
    response.status = static_cast<int>(status);
    return complete(transfer);
  }
  long cause = 0;
  curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &cause);
  CurlFailure failure{
      .code = code, .said = transfer.error.data(), .cause = static_cast<int>(cause)};
  if (failure.said.empty()) failure.said = curl_easy_strerror(code);
  if (transfer.starts == 0) {
    response.transport = Transport::unreachable;
    response.hopeless = is_hopeless(failure);
    response.timed_out = code == CURLE_OPERATION_TIMEDOUT;
    response.detail = why_unreachable(failure, printable(transfer.host), options.connect_timeout);
  } else {
    response.transport = Transport::lost;
    response.detail = transfer.too_large
                          ? fmt::format("the answer is larger than {} bytes", options.max_answer)
                          : why_lost(failure);
  }
  complete(transfer);
}

void Client::Impl::finish_overdue() {
  if (active.empty()) return;
  const Instant now = read_clocks().steady;
  while (!active.empty() && active.front().deadline <= now) {
    Transfer& transfer = active.front();
    curl_multi_remove_handle(multi.get(), transfer.handle.get());
    const bool started = transfer.starts > 0;
    Response& response = transfer.response;
    response.transport = started ? Transport::lost : Transport::unreachable;
    response.timed_out = true;
    response.detail = fmt::format("no {} within {}", started ? "answer" : "connection",
                                  span_in_words(options.timeout));
    complete(transfer);
  }
}

void Client::Impl::complete(Transfer& transfer) {
  Response& response = transfer.response;
  if (response.transport != Transport::answered) {  // half an answer is none; its id may help
    response.body.clear();
    response.content_type.clear();
    response.retry_after.clear();
  }
  done.push_back({transfer.ticket, std::move(response)});
  idle.splice(idle.begin(), active, transfer.place);
}

Result<Client> Client::open(Options options) {
  USHER_TRY(check(options));
  USHER_TRY(start_libcurl());
  USHER_TRY_ASSIGN(BaseUrl base, parse_base_url(options.base_url, options.allow_plaintext
                                                                      ? Plaintext::anywhere
                                                                      : Plaintext::loopback_only));
  auto impl = std::make_unique<Impl>(std::move(options), std::move(base));
  if (!impl->multi) return fail("libcurl cannot be set up: out of memory");
  USHER_TRY_ASSIGN(Transfer * first, impl->take());  // says here, and not later, what is missing
  impl->idle.splice(impl->idle.begin(), impl->active, first->place);
  return Client(std::move(impl));
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

void Client::send(std::uint64_t ticket, const Request& request) {
  impl_->send(ticket, request);
}

void Client::wait(Duration at_most, std::span<const int> readable) {
  impl_->wait(at_most, readable);
}

std::optional<Client::Completion> Client::next() {
  if (impl_->done.empty()) return {};
  Completion completion = std::move(impl_->done.front());
  impl_->done.pop_front();
  return completion;
}

std::size_t Client::in_flight() const {
  return impl_->active.size();
}

}  // namespace usher::net
