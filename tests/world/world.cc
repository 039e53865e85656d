// SPDX-License-Identifier: Apache-2.0
#include "world/world.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace usher::world {
namespace {

namespace json = boost::json;

const WallTime kBeginning{std::chrono::milliseconds{1'772'442'000'000}};

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::vector<json::object> all_pages(const std::function<net::Reply(const std::string&)>& get,
                                    const std::string& path) {
  std::vector<json::object> result;
  std::string after;
  while (true) {
    const net::Reply reply = get(after.empty() ? path : fmt::format("{}&after={}", path, after));
    const json::value page = json::parse(reply.body);
    for (const json::value& element : page.at("data").as_array())
      result.push_back(element.as_object());
    const json::value& cursor = page.at("list_metadata").at("after");
    if (!cursor.is_string()) return result;
    after = std::string(cursor.as_string());
  }
}

}  // namespace

Result<StepRecord> Disk::find(const Key& key) {
  const auto found = records_.find(key);
  return found == records_.end() ? StepRecord{} : found->second;
}

Status Disk::apply(std::span<const StepWrite> writes, std::span<const RowMark> /*marks*/) {
  for (const StepWrite& write : writes) records_[write.key] = write.record;
  return {};
}

namespace {

// The organization that a row means, made if there is none; nothing: refused.
std::optional<Organization> meant(const OrgRef& ref, std::vector<Organization>& there) {
  std::vector<Organization> found;
  for (const Organization& one : there) {
    const bool by_name = ref.by == OrgRef::By::name;
    if ((by_name ? one.second : one.first) == ref.value) found.push_back(one);
  }
  if (found.size() > 1) return std::nullopt;
  if (found.size() == 1) return found.front();
  there.push_back(ref.by == OrgRef::By::name ? Organization{"", ref.value}
                                             : Organization{ref.value, ref.name});
  return there.back();
}

}  // namespace

Wanted wanted(Directory before, std::vector<Organization> organizations,
              const std::vector<UserRow>& rows) {
  Wanted result{std::move(before), std::move(organizations), {}};
  using Named = std::pair<OrgRef::By, std::string>;
  std::map<Named, std::optional<Organization>> known;  // each is resolved once, by its first row
  std::set<std::pair<std::string, Named>> touched;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const UserRow& row = rows[i];
    const std::string email = lower_ascii(row.email);
    const Named named{row.org.by, row.org.value};
    const bool wants_one = row.org.by != OrgRef::By::none;
    if (wants_one && !known.contains(named)) known[named] = meant(row.org, result.organizations);
    if (wants_one && !known[named]) {
      result.refused.insert(i + 1);
      continue;
    }
    const bool is_new = !result.people.contains(email);
    Person& person = result.people[email];
    if (is_new) person.external_id = row.external_id;
    if (!wants_one) continue;
    const auto& [external_id, name] = *known[named];
    const std::string& organization = external_id.empty() ? name : external_id;
    const bool member = person.memberships.contains(organization);
    std::set<std::string>& roles = person.memberships[organization];
    const bool first = touched.insert({email, named}).second;
    if (!member && row.roles.empty()) roles = {"member"};
    // A default role that nobody asked for gives way to the first role that somebody does.
    if (member && first && !row.roles.empty() && roles == std::set<std::string>{"member"})
      roles.clear();
    roles.insert(row.roles.begin(), row.roles.end());
  }
  return result;
}

World::World(std::uint64_t seed)
    : random_(seed), api_([&] {
        sandbox::Options options;
        options.seed = seed + 1;
        options.multiple_roles = true;
        options.idempotency =
            seed % 3 == 0 ? sandbox::Idempotency::organizations_only : sandbox::Idempotency::off;
        return options;
      }()) {
  now_.wall = kBeginning;
  now_.steady = Instant{std::chrono::hours{1}};
  for (const char* slug : {"admin", "viewer", "editor"}) {
    std::string body;
    JsonWriter(body).open_object().field("slug", slug).field("name", slug).close_object();
    call("POST", "/authorization/roles", body);
  }
}

void World::violate(std::string what) {
  if (violations_.size() < 5) violations_.push_back(std::move(what));
}

net::Reply World::call(std::string_view method, const std::string& path, std::string body) {
  net::ServerRequest request;
  request.method = method;
  request.target = path;
  request.headers = {{"Authorization", "Bearer sk_test_world"},
                     {"Content-Type", "application/json"}};
  request.body = std::move(body);
  return api_.handle(request, now_);
}

net::Response World::commit(const net::Request& request) {
  net::ServerRequest wire;
  wire.method = net::to_string(request.method);
  wire.target = request.path;
  wire.headers = {{"Authorization", "Bearer sk_test_world"}, {"Content-Type", "application/json"}};
  if (!request.idempotency_key.empty()) {
    wire.headers.emplace_back("Idempotency-Key", request.idempotency_key);
  }
  wire.body = request.body;
  const net::Reply reply = api_.handle(wire, now_);
  net::Response response;
  response.status = reply.status;
  response.body = reply.body;
  response.content_type = reply.content_type;
  response.request_id = "req";
  return response;
}

net::Response World::carry(const net::Request& request) {
  net::Response trouble;
  trouble.transport = net::Transport::lost;
  trouble.detail = "connection reset";
  if (actions_ > silent_after) return trouble;
  double dice = random_.unit();
  auto hit = [&](double chance) { return (dice -= chance) < 0; };
  if (hit(troubles.lost_before)) return trouble;
  if (hit(troubles.lost_after)) {
    commit(request);
    return trouble;
  }
  if (hit(troubles.unreachable)) {
    trouble.transport = net::Transport::unreachable;
    return trouble;
  }
  trouble.transport = net::Transport::answered;
  trouble.status = 503;
  trouble.body = "<html>unavailable</html>";
  if (hit(troubles.error_before)) return trouble;
  if (hit(troubles.error_after)) {
    commit(request);
    trouble.status = 500;
    return trouble;
  }
  trouble.status = 429;
  trouble.retry_after = random_.chance(0.5) ? "1" : "";
  if (hit(troubles.throttled)) return trouble;
  return commit(request);
}

// --- invariants, checked while the world goes on -----------------------------------------------

void World::check_begun(const net::Request& request) {
  if (request.method != net::Method::post) return;
  const json::object body = json::parse(request.body).as_object();
  auto begun = [&](const Key& key) {
    const auto found = disk_.records().find(key);
    return found != disk_.records().end() && found->second.state != StepState::absent;
  };
  const std::string email = text_of(body, "email");
  const std::string user_id = text_of(body, "user_id");
  bool known = false;
  for (const auto& [record, keys] : keys_) {
    const UserRow& row = rows_.at(record);
    if (!email.empty()) {
      known = known || (row.email == email && begun(keys.user));
    } else if (!user_id.empty()) {
      const auto user = disk_.records().find(keys.user);
      const bool same = user != disk_.records().end() && user->second.id == user_id;
      known = known || (same && begun(keys.membership));
    } else {
      const std::string external_id = text_of(body, "external_id");
      const std::string named = external_id.empty() ? text_of(body, "name") : external_id;
      known = known || (row.org.value == named && begun(keys.organization));
    }
  }
  if (!known) violate("I1: sent before begun was durable: " + request.body);
}

void World::check_alone(const net::Request& request) {
  if (request.method != net::Method::post) return;
  for (const Flight& other : flights_) {
    const bool same = other.request.method == net::Method::post &&
                      other.request.path == request.path && other.request.body == request.body;
    if (same) violate("I4: two at once: " + request.body);
  }
}

void World::check_settled(const RowEnd& end) {
  if (end.how != RowEnd::How::created && end.how != RowEnd::How::unchanged) return;
  auto settled = [&](const Key& key) {
    const auto found = disk_.records().find(key);
    return found != disk_.records().end() && found->second.holds();
  };
  const RowKeys& keys = keys_.at(end.record);
  const bool member = rows_.at(end.record).org.by != OrgRef::By::none;
  if (!settled(keys.user) || (member && !settled(keys.membership))) {
    violate(fmt::format("I2: row {} told before it was settled", end.record));
  }
}

// --- one life ----------------------------------------------------------------------------------

// What begins a step is written before anything leaves; what only settles may wait.
bool World::obey(Turn turn, Life& life) {
  bool begins = false;
  for (StepWrite& write : turn.writes) {
    begins = begins || write.record.state == StepState::begun;
    waiting_writes_.push_back(std::move(write));
  }
  std::ranges::move(turn.ends, std::back_inserter(waiting_ends_));
  if ((begins || random_.chance(0.3)) && !write(life)) return false;
  for (Turn::Send& send : turn.sends) {
    if (!act()) return false;
    check_begun(send.request);
    check_alone(send.request);
    if (send.request.method != net::Method::get) ++writes_seen_;
    flights_.push_back({send.ticket, std::move(send.request)});
  }
  return true;
}

bool World::write(Life& life) {
  if (!waiting_writes_.empty()) {
    if (!act()) return false;
    static_cast<void>(disk_.apply(std::exchange(waiting_writes_, {}), {}));
  }
  for (RowEnd& end : std::exchange(waiting_ends_, {})) {
    if (!act()) return false;
    check_settled(end);
    life.ends.push_back(std::move(end));
  }
  return true;
}

StepRecord World::known(const Key& key) {
  const auto waits = std::ranges::find_if(waiting_writes_.rbegin(), waiting_writes_.rend(),
                                          [&](const StepWrite& write) { return write.key == key; });
  return waits != waiting_writes_.rend() ? waits->record : *disk_.find(key);
}

bool World::feed(Import& import, const std::vector<UserRow>& rows, std::size_t& next) {
  bool fed = false;
  while (next < rows.size() && import.wants_rows()) {
    Candidate candidate;
    candidate.record = next + 1;
    candidate.row = rows[next];
    candidate.keys = make_keys(hasher_, rows[next]);
    keys_[candidate.record] = candidate.keys;
    rows_[candidate.record] = rows[next];
    candidate.user = known(candidate.keys.user);
    candidate.organization = known(candidate.keys.organization);
    candidate.membership = known(candidate.keys.membership);
    import.feed(std::move(candidate), now_);
    fed = true;
    ++next;
  }
  return fed;
}

void World::pass(Duration span) {
  now_.steady += span;
  now_.wall += std::chrono::duration_cast<std::chrono::milliseconds>(span);
}

// One answer comes, or time passes; false: cut.
bool World::happen(Import& import) {
  const bool answer =
      !flights_.empty() &&
      (random_.chance(0.8) || import.wake(now_) > now_.steady + std::chrono::hours{1});
  if (!answer) {
    const Duration wait = import.wake(now_) - now_.steady;
    pass(std::clamp<Duration>(wait, std::chrono::milliseconds{1}, std::chrono::seconds{40}));
    now_.wall += std::chrono::milliseconds{1};
    return true;
  }
  if (!act()) return false;
  const std::size_t which = random_.below(flights_.size());
  const Flight flight = flights_[which];
  flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(which));
  pass(std::chrono::milliseconds{20});
  import.answered(flight.ticket, carry(flight.request), now_);
  return true;
}

World::Life World::live(const std::vector<UserRow>& rows, std::uint64_t cut_at) {
  Life life;
  actions_ = 0;
  cut_at_ = cut_at;
  flights_.clear();
  waiting_writes_.clear();
  waiting_ends_.clear();
  now_.wall += std::chrono::minutes{10};
  Import::Options options;
  options.concurrency = concurrency;
  options.seed = random_.next();
  options.begin_ahead = random_.chance(0.5) ? random_.below(9) : 0;
  options.nonce = fmt::format("{:x}", random_.next());
  options.retry.attempts = 1000;  // giving up is another test (engine/dispatcher_test.cc)
  Import import(options);
  std::size_t next = 0;
  bool alive = true;
  std::optional<Instant> stopped;
  while (alive) {
    if (!stopped && actions_ >= stop_at) {
      stopped = now_.steady;
      import.stop();
    }
    alive = obey(import.turn(now_), life);
    if (alive && feed(import, rows, next)) alive = obey(import.turn(now_), life);
    if (!alive || (import.idle() && (next == rows.size() || stopped))) break;
    if (import.halt() != Import::Halt::none) break;
    alive = happen(import);
  }
  alive = alive && write(life);
  const bool ended = alive && import.idle();
  life.finished = ended && next == rows.size() && !stopped;
  life.stopped = ended && stopped.has_value();
  if (life.stopped) life.stopping = now_.steady - *stopped;
  life.actions = actions_;
  life.tally = import.tally();
  if (!ended) {
    for (const Flight& flight : flights_) {
      if (random_.chance(0.5)) commit(flight.request);
    }
  }
  return life;
}

// --- the directory -----------------------------------------------------------------------------

void World::seed_directory(const Directory& directory) {
  std::map<std::string, std::string> organizations;
  for (const auto& [email, person] : directory) {
    std::string body;
    JsonWriter user(body);
    user.open_object().field("email", email);
    if (!person.external_id.empty()) user.field("external_id", person.external_id);
    user.close_object();
    const auto id =
        text_of(json::parse(call("POST", "/user_management/users", body).body).as_object(), "id");
    for (const auto& [organization, roles] : person.memberships) {
      std::string& org_id = organizations[organization];
      if (org_id.empty()) {
        std::string org;
        JsonWriter(org)
            .open_object()
            .field("name", name_of(organization))
            .field("external_id", organization)
            .close_object();
        org_id = text_of(json::parse(call("POST", "/organizations", org).body).as_object(), "id");
      }
      std::string member;
      JsonWriter membership(member);
      membership.open_object().field("user_id", id).field("organization_id", org_id);
      membership.key("role_slugs").open_array();
      for (const std::string& role : roles) membership.value(role);
      membership.close_array().close_object();
      call("POST", "/user_management/organization_memberships", member);
    }
  }
}

Directory World::directory() {
  const auto get = [&](const std::string& path) { return call("GET", path); };
  std::map<std::string, std::string> organizations;
  for (const json::object& organization : all_pages(get, "/organizations?limit=100")) {
    const std::string external_id = text_of(organization, "external_id");
    organizations[text_of(organization, "id")] =
        external_id.empty() ? text_of(organization, "name") : external_id;
  }
  Directory directory;
  for (const json::object& user : all_pages(get, "/user_management/users?limit=100")) {
    Person& person = directory[text_of(user, "email")];
    person.external_id = text_of(user, "external_id");
    const std::string path =
        "/user_management/organization_memberships?limit=100&user_id=" + text_of(user, "id");
    for (const json::object& membership : all_pages(get, path)) {
      auto& roles = person.memberships[organizations[text_of(membership, "organization_id")]];
      for (const json::value& role : membership.at("roles").as_array()) {
        roles.insert(text_of(role.as_object(), "slug"));
      }
    }
  }
  return directory;
}

std::vector<Organization> World::organizations() {
  const auto get = [&](const std::string& path) { return call("GET", path); };
  std::vector<Organization> result;
  for (const json::object& organization : all_pages(get, "/organizations?limit=100")) {
    result.emplace_back(text_of(organization, "external_id"), text_of(organization, "name"));
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::uint64_t World::settled(StepKind kind, StepState state) const {
  const auto& records = disk_.records();
  return static_cast<std::uint64_t>(
      std::count_if(records.begin(), records.end(), [&](const auto& record) {
        return record.second.kind == kind && record.second.state == state;
      }));
}

std::uint64_t World::twins() {
  const auto get = [&](const std::string& path) { return call("GET", path); };
  std::uint64_t twins = 0;
  std::set<std::string> emails;
  for (const json::object& user : all_pages(get, "/user_management/users?limit=100")) {
    twins += emails.insert(text_of(user, "email")).second ? 0 : 1;
  }
  return twins;
}

}  // namespace usher::world
