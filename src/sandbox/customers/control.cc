// SPDX-License-Identifier: Apache-2.0
#include "sandbox/customers/control.h"

#include "base/hash.h"
#include "base/json.h"
#include "sandbox/control.h"

namespace usher::sandbox::customers {

namespace {

void write_record(std::string& body, std::string_view type, const Record& record,
                  const Registry& registry, bool texts) {
  JsonWriter out(body);
  out.open_object().field("type", type).field("id", record.id);
  if (!record.username.empty()) out.field("username", record.username);
  if (!record.email.empty()) out.field("email", record.email);
  out.field("there", record.there).field("received", std::uint64_t{record.received});
  out.field("created", std::uint64_t{record.created});
  out.field("updated", std::uint64_t{record.updated});
  out.field("deleted", std::uint64_t{record.deleted});
  if (!registry.keeps_texts()) {
    out.field("sha256", record.text);
  } else if (texts) {
    out.field("text", record.text);
  } else if (!record.text.empty()) {
    Sha256 digest;
    digest.add(record.text);
    out.field("sha256", digest.hex());
  }
  out.close_object();
  body += '\n';
}

}  // namespace

net::Reply tell_state(const Tally& tally, const Tokens& tokens, const FaultPlan& faults) {
  std::string body;
  JsonWriter out(body);
  out.open_object().field("customers", tally.customers.size());
  out.field("households", tally.households.size());
  out.key("items").open_object().field("received", tally.received);
  out.key("by_result").open_object();
  for (const auto& [code, count] : tally.by_result) out.field(code, count);
  out.close_object().close_object();
  out.key("logins").open_object().field("granted", tokens.granted());
  out.field("refused", tokens.refused()).close_object();
  out.field("tokens_refused", tally.tokens_refused).field("passports", tally.passports);
  tally.requests.write(out.key("requests").open_object());
  write_faults(out.close_object().key("faults"), faults);
  out.close_object();
  return json(200, std::move(body));
}

net::Reply dump(const Tally& tally, bool texts) {
  net::Reply reply{.content_type = "application/x-ndjson"};
  for (const Record& record : tally.customers.records()) {
    write_record(reply.body, "customer", record, tally.customers, texts);
  }
  for (const Record& record : tally.households.records()) {
    write_record(reply.body, "household", record, tally.households, texts);
  }
  return reply;
}

}  // namespace usher::sandbox::customers
