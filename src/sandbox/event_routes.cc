// SPDX-License-Identifier: Apache-2.0
#include "sandbox/event_routes.h"

#include "sandbox/pages.h"

namespace usher::sandbox {

namespace {

Checked<std::optional<WallTime>> read_time(const Call& call, std::string_view name) {
  const auto text = call.parameter(name);
  if (!text) return std::nullopt;
  const auto time = parse_iso8601(*text);
  if (time) return time;
  return refuse(invalid("range_invalid", "The range should be given as ISO 8601 dates in UTC."));
}

// The data stands last, since it is JSON text already.
void append_event(std::string& body, const Event& event) {
  JsonWriter out(body);
  out.open_object().field("object", "event").field("id", to_id(prefix::kEvent, event.id));
  out.field("event", event.name).field("created_at", to_iso8601(event.created)).key("data");
  body += event.data;
  out.close_object();
}

Outcome list_events(Desk& desk, const Call& call) {
  const PageRules rules{
      .prefix = prefix::kEvent, .lenient = desk.options.lenient_pages, .newest_first = false};
  const auto names = call.list_parameter("events");
  if (names.empty()) {
    return refuse(coded(400, "invalid_events_request", "At least one event name is required."));
  }
  USHER_TRY_ASSIGN(const PageRequest request, read_page(call, rules, desk.ids));
  USHER_TRY_ASSIGN(const auto start, read_time(call, "range_start"));
  USHER_TRY_ASSIGN(const auto end, read_time(call, "range_end"));
  std::optional<Ulid> organization;
  if (const auto id = call.parameter("organization_id")) {
    organization = parse_id(prefix::kOrganization, *id).value_or(Ulid{});
  }
  const auto page = cut_page(desk.events.all(), request, [&](const auto& entry) {
    const Event& event = entry.second;
    return std::ranges::find(names, event.name) != names.end() &&
           (!organization || event.organization == organization) &&
           (!start || event.created >= *start) && (!end || event.created <= *end);
  });
  std::string body = R"({"object":"list","data":[)";
  for (const auto* entry : page.items) {
    if (entry != page.items.front()) body += ',';
    append_event(body, entry->second);
  }
  body += R"(],"list_metadata":{"after":)";
  body += page.after ? '"' + to_id(prefix::kEvent, *page.after) + '"' : "null";
  return json(200, body + "}}");
}

constexpr Route kRoutes[] = {
    {"GET", "/events", list_events},
};

}  // namespace

std::span<const Route> event_routes() {
  return kRoutes;
}

}  // namespace usher::sandbox
