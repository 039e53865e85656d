// SPDX-License-Identifier: Apache-2.0
#include "run/job/words.h"

#include <array>
#include <utility>

#include <boost/json.hpp>

#include "base/json.h"
#include "model/tally_sum.h"

namespace usher::job {
namespace {

namespace json = boost::json;

void write(JsonWriter& out, const Tally& tally) {
  out.open_array();
  each_count(tally, [&](const std::uint64_t& count) { out.value(count); });
  out.close_array();
}

Tally read_tally(const json::value& value) {
  Tally tally;
  const json::array& counts = value.as_array();
  std::size_t i = 0;
  each_count(tally,
             [&](std::uint64_t& count) { count = counts.at(i++).to_number<std::uint64_t>(); });
  return tally;
}

std::string text(const json::value& value) {
  return std::string(value.as_string());
}
template <class N>
N number(const json::value& value) {
  return value.to_number<N>();
}

void write(JsonWriter& out, const Failure& failure) {
  out.open_array().value(static_cast<int>(failure.at)).value(failure.message);
  out.value(failure.http_status).value(failure.code).value(failure.request_id);
  out.value(failure.user_id).open_array();
  for (const ApiProblem& problem : failure.errors) {
    out.open_array().value(problem.code).value(problem.field).value(problem.message).close_array();
  }
  out.close_array().value(failure.passing).close_array();
}

Failure read_failure(const json::value& value) {
  const json::array& parts = value.as_array();
  Failure failure;
  failure.at = static_cast<FailedAt>(number<int>(parts.at(0)));
  failure.message = text(parts.at(1));
  failure.http_status = number<int>(parts.at(2));
  failure.code = text(parts.at(3));
  failure.request_id = text(parts.at(4));
  failure.user_id = text(parts.at(5));
  for (const json::value& problem : parts.at(6).as_array()) {
    const json::array& fields = problem.as_array();
    failure.errors.push_back({text(fields.at(0)), text(fields.at(1)), text(fields.at(2))});
  }
  failure.passing = parts.at(7).as_bool();
  return failure;
}

// One writer for each kind of report.
struct Writer {
  JsonWriter& out;

  void operator()(const ProgressReport& report) const {
    out.field("is", "progress").key("tally");
    write(out, report.tally);
    out.field("in_flight", report.in_flight).field("waiting", report.waiting);
  }
  void operator()(const ChunkChanges& changes) const {
    out.field("is", "chunks").key("changes").open_array();
    for (const auto& [number, by] : changes) {
      out.open_array().value(number).value(by.ended).value(by.created).value(by.unchanged);
      out.value(by.failed).value(by.made_users).value(by.made_memberships).close_array();
    }
    out.close_array();
  }
  void operator()(const WarningReport& report) const {
    out.field("is", "warning").field("text", report.text);
  }
  void operator()(const FailureReport& report) const {
    out.field("is", "failure").field("record", report.record).field("line", report.line);
    out.key("cells").open_array();
    for (const std::string& cell : report.cells) out.value(cell);
    out.close_array().field("named_by", static_cast<int>(report.org.by));
    out.field("org", report.org.value).field("org_name", report.org.name);
    out.field("email", report.email).key("failure");
    write(out, report.failure);
    out.field("at", std::int64_t{report.at.time_since_epoch().count()});
  }
  void operator()(const EndReport& report) const {
    out.field("is", "end").field("end", static_cast<int>(report.end));
    out.field("what", report.reason.what).field("next", report.reason.next).key("tally");
    write(out, report.tally);
  }
};

ChunkChanges read_changes(const json::value& value) {
  ChunkChanges changes;
  for (const json::value& element : value.as_array()) {
    const json::array& parts = element.as_array();
    const auto count = [&](std::size_t i) { return number<std::int64_t>(parts.at(i)); };
    changes[number<std::uint64_t>(parts.at(0))] = {count(1), count(2), count(3),
                                                   count(4), count(5), count(6)};
  }
  return changes;
}

FailureReport read_failure_report(const json::object& object) {
  FailureReport report;
  report.record = number<std::uint64_t>(object.at("record"));
  report.line = number<std::uint64_t>(object.at("line"));
  for (const json::value& cell : object.at("cells").as_array()) report.cells.push_back(text(cell));
  report.org.by = static_cast<OrgRef::By>(number<int>(object.at("named_by")));
  report.org.value = text(object.at("org"));
  report.org.name = text(object.at("org_name"));
  report.email = text(object.at("email"));
  report.failure = read_failure(object.at("failure"));
  report.at = WallTime{std::chrono::milliseconds{number<std::int64_t>(object.at("at"))}};
  return report;
}

Report read_report(const json::object& object) {
  const std::string kind = text(object.at("is"));
  if (kind == "progress") {
    return ProgressReport{read_tally(object.at("tally")), number<int>(object.at("in_flight")),
                          text(object.at("waiting"))};
  }
  if (kind == "chunks") return read_changes(object.at("changes"));
  if (kind == "warning") return WarningReport{text(object.at("text"))};
  if (kind == "failure") return read_failure_report(object);
  return EndReport{static_cast<UserImportReport::End>(number<int>(object.at("end"))),
                   {text(object.at("what")), text(object.at("next"))},
                   read_tally(object.at("tally"))};
}

// Both sides are this program, so a line that does not fit is a broken pipe or a bug: one error.
template <class T, class Read>
Result<T> parse_line(std::string_view line, std::string_view what, Read read) {
  try {
    return read(json::parse(line).as_object());
  } catch (const std::exception& error) {  // no JSON, or a field is missing or of another kind
    return fail(std::string(what) + " that cannot be read: " + error.what());
  }
}

}  // namespace

std::string to_line(const Orders& orders) {
  std::string line;
  JsonWriter(line)
      .open_object()
      .field("root", orders.root)
      .field("id", orders.id)
      .field("run", std::uint64_t{orders.run})
      .field("partitions", orders.partitions)
      .field("coordinator", orders.coordinator)
      .field("plan", to_json(orders.plan))
      .field("key", orders.api_key.reveal())
      .close_object();
  return line + "\n";
}

std::string to_line(const Report& report) {
  std::string line;
  JsonWriter out(line);
  out.open_object();
  std::visit(Writer{out}, report);
  out.close_object();
  return line + "\n";
}

Result<Orders> parse_orders(std::string_view line) {
  std::string plan;
  auto orders = parse_line<Orders>(line, "orders", [&](const json::object& object) {
    Orders read;
    read.root = text(object.at("root"));
    read.id = text(object.at("id"));
    read.run = number<std::uint32_t>(object.at("run"));
    read.partitions = number<std::uint64_t>(object.at("partitions"));
    read.coordinator = number<std::int64_t>(object.at("coordinator"));
    plan = text(object.at("plan"));
    read.api_key = Secret(text(object.at("key")));
    return read;
  });
  if (!orders) return orders;
  USHER_TRY_ASSIGN(orders->plan, parse_plan(plan));
  return orders;
}

Result<Report> parse_report(std::string_view line) {
  return parse_line<Report>(line, "a report of a worker", read_report);
}

}  // namespace usher::job
