// SPDX-License-Identifier: Apache-2.0
#include "source/generate.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "base/text.h"
#include "source/made_up.h"

namespace usher {
namespace {

// Ways in which a row cannot be imported, as they come out of real exports. The first seven are
// seen in the row alone; the others are refused by a target.
enum class Flaw {
  no_email,
  no_at,
  bare_comma,
  bare_quote,
  single_quoted_metadata,
  two_organizations,
  hash_without_type,
  long_external_id,
  weak_hash,
  unknown_organization,
  none,
};

struct Person {
  std::uint64_t number = 0;
  std::string first;
  std::string last;
  std::string email;
  std::string external_id;
  std::string metadata;
  made_up::Hash hash;
  std::uint64_t first_org = 0;
  std::uint64_t orgs = 0;
};

template <class Table>
const auto& any_of(const Table& table, Random& random) {
  return table[random.below(table.size())];
}

// A line of cells, quoted where they have to be.
class Row {
 public:
  void add(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return add_as_is(text);
    separate();
    text_ += '"';
    for (const char c : text) text_.append(c == '"' ? 2 : 1, c);
    text_ += '"';
  }
  void add_as_is(std::string_view text) {
    separate();
    text_ += text;
  }
  std::string line() && { return std::move(text_) + '\n'; }

 private:
  void separate() {
    if (!first_) text_ += ',';
    first_ = false;
  }
  std::string text_;
  bool first_ = true;
};

class Generator {
 public:
  Generator(const GenerateOptions& options, const std::function<Status(std::string_view)>& write)
      : options_(options), write_(write), random_(options.seed) {
    if (options.seed != GenerateOptions().seed) tag_ = fmt::format("{}-", options.seed);
    for (int flaw = 0; flaw < static_cast<int>(Flaw::none); ++flaw) {
      if (applies(static_cast<Flaw>(flaw))) flaws_.push_back(static_cast<Flaw>(flaw));
    }
  }

  Result<Generated> run() {
    write_header();
    for (std::uint64_t index = 0; index < options_.rows; ++index) {
      if (is_bad(index)) {
        add_bad();
      } else {
        add_good();
      }
      USHER_TRY(drain(kWindow));
    }
    USHER_TRY(drain(0));
    USHER_TRY(flush());
    return result_;
  }

 private:
  static constexpr std::size_t kWindow = 64;  // rows of a person lie up to some of these apart
  static constexpr std::size_t kPiece = 64 << 10;

  bool has_orgs() const { return options_.organizations > 0; }
  bool has_passwords() const { return options_.passwords > 0; }
  bool has_org_ids() const { return has_orgs() && options_.bad > 0; }

  bool applies(Flaw flaw) const {
    switch (flaw) {
      case Flaw::single_quoted_metadata:
        return options_.metadata;
      case Flaw::two_organizations:
      case Flaw::unknown_organization:
        return has_orgs();
      case Flaw::hash_without_type:
      case Flaw::weak_hash:
        return has_passwords();
      default:
        return true;
    }
  }

  void write_header() {
    text_ = "email,first_name,last_name,email_verified,external_id";
    if (has_passwords()) text_ += ",password_hash,password_hash_type";
    if (has_org_ids()) text_ += ",org_id";
    if (has_orgs()) text_ += ",org_external_id,org_name";
    if (options_.roles) text_ += ",role_slugs";
    if (options_.metadata) text_ += ",metadata";
    text_ += '\n';
  }

  // --- people

  Person make_person() {
    Person person;
    person.number = next_person_++;
    std::string local;
    if (random_.chance(options_.unusual)) {
      const auto& first = any_of(made_up::kUnusualFirst, random_);
      const auto& last = any_of(made_up::kUnusualLast, random_);
      person.first = first.shown;
      person.last = last.shown;
      local = fmt::format("{}.{}", first.ascii, last.ascii);
      person.metadata = make_metadata(true);
    } else {
      person.first = any_of(made_up::kFirst, random_);
      person.last = any_of(made_up::kLast, random_);
      local = lower_ascii(person.first + "." + person.last);
      person.metadata = make_metadata(false);
    }
    person.external_id = fmt::format("crm-{}{:07}", tag_, person.number);
    if (random_.chance(options_.passwords)) {
      person.hash = made_up::kHashes[next_hash_++ % made_up::kHashes.size()];
    }
    choose_organizations(person);
    const std::uint64_t domain = has_orgs() ? person.first_org : person.number % 100;
    person.email = fmt::format("{}.{}{}@org-{}.test", local, tag_, person.number, domain);
    if (person.number % 10 == 0)
      person.email = fmt::format("{}.{}{}@example.com", local, tag_, person.number);
    return person;
  }

  std::string make_metadata(bool several_lines) {
    if (!options_.metadata) return {};
    const std::string_view plan = any_of(made_up::kPlans, random_);
    const std::uint64_t seats = 1 + random_.below(50);
    if (!several_lines) return fmt::format(R"({{"plan":"{}","seats":{}}})", plan, seats);
    return fmt::format(
        "{{\n  \"plan\": \"{}\",\n  \"seats\": {},\n  \"tags\": [\"early\", \"wave {}\"]\n}}", plan,
        seats, seats % 3 + 1);
  }

  // Early organizations are larger, as they are in life.
  void choose_organizations(Person& person) {
    person.orgs = 1;
    if (!has_orgs()) return;
    const double skew = random_.unit() * random_.unit();
    person.first_org =
        static_cast<std::uint64_t>(static_cast<double>(options_.organizations) * skew);
    const double extra = options_.orgs_per_person - 1;
    const auto whole = static_cast<std::uint64_t>(extra);
    person.orgs = 1 + random_.below(2 * whole + 1);
    if (random_.chance(extra - static_cast<double>(whole))) ++person.orgs;
    person.orgs = std::min(person.orgs, options_.organizations);
  }

  static std::string organization_name(std::uint64_t number) {
    const auto adjectives = made_up::kAdjectives.size();
    const auto nouns = made_up::kNouns.size();
    // Neighbours share neither word: 16 and 16 go round together, one step later each time.
    const auto adjective = made_up::kAdjectives[number % adjectives];
    const auto noun = made_up::kNouns[(number + number / adjectives) % nouns];
    const auto round = number / (adjectives * nouns);
    return round == 0 ? fmt::format("{} {}", adjective, noun)
                      : fmt::format("{} {} {}", adjective, noun, round + 1);
  }

  // --- rows

  // Spread evenly, and exactly as many as asked for.
  bool is_bad(std::uint64_t index) const {
    const auto all = static_cast<double>(options_.rows) * options_.bad;
    const auto bad = static_cast<std::uint64_t>(std::llround(all));
    return (index + 1) * bad / options_.rows > index * bad / options_.rows;
  }

  std::string row_of(const Person& person, std::uint64_t org, Flaw flaw) const {
    Row row;
    row.add(flaw == Flaw::no_email ? "" : person.email);
    if (flaw == Flaw::bare_comma) row.add_as_is("Dr.");
    if (flaw == Flaw::bare_quote) {
      row.add_as_is(person.first + " \"Red\"");
    } else {
      row.add(person.first);
    }
    row.add(person.last);
    row.add(person.number % 5 == 0 ? "false" : "true");
    row.add(person.external_id);
    if (has_passwords()) {
      row.add(person.hash.text);
      row.add(person.hash.type);
    }
    if (has_orgs()) add_organization(row, org, flaw);
    if (options_.roles) row.add(role_of(person, org));
    if (options_.metadata) row.add(person.metadata);
    return std::move(row).line();
  }

  void add_organization(Row& row, std::uint64_t org, Flaw flaw) const {
    if (has_org_ids()) {
      row.add(flaw == Flaw::two_organizations ? "org_01HZ0000000000000000000000" : "");
    }
    const bool gone = flaw == Flaw::unknown_organization;
    row.add(gone ? "acct-gone" : fmt::format("acct-{:04}", org));
    row.add(gone ? "" : organization_name(org));
  }

  static std::string_view role_of(const Person& person, std::uint64_t org) {
    const std::uint64_t dice = (person.number * 7 + org) % 10;
    return dice == 0 ? "admin" : dice < 3 ? "viewer" : "member";
  }

  // The next row of the person at hand, or the first of a new one.
  void add_good() {
    if (joined_ == person_.orgs) {
      person_ = make_person();
      joined_ = 0;
      ++result_.people;
    }
    const std::uint64_t org =
        has_orgs() ? (person_.first_org + joined_) % options_.organizations : 0;
    ++joined_;
    if (has_orgs()) ++result_.memberships;
    waiting_.push_back(row_of(person_, org, Flaw::none));
  }

  void add_bad() {
    const Flaw flaw = flaws_[result_.bad % flaws_.size()];
    Person person = make_person();
    switch (flaw) {
      case Flaw::no_at:
        std::replace(person.email.begin(), person.email.end(), '@', '.');
        break;
      case Flaw::single_quoted_metadata:
        person.metadata = "{'plan': 'team'}";
        break;
      case Flaw::hash_without_type:
        person.hash = {"", made_up::kHashes[0].text};
        break;
      case Flaw::weak_hash:
        person.hash = {"md5", "00112233445566778899aabbccddeeff"};
        break;
      case Flaw::long_external_id:
        person.external_id += std::string(140, '0');
        break;
      default:
        break;
    }
    waiting_.push_back(row_of(person, person.first_org, flaw));
    ++result_.bad;
    if (flaw < Flaw::long_external_id) ++result_.bad_form;
  }

  // --- out

  // Rows leave in a shuffled order, so that the rows of a person do not stand together.
  Status drain(std::size_t keep) {
    while (waiting_.size() > keep) {
      std::swap(waiting_[random_.below(waiting_.size())], waiting_.back());
      text_ += waiting_.back();
      waiting_.pop_back();
      ++result_.rows;
      if (text_.size() >= kPiece) {
        USHER_TRY(flush());
      }
    }
    return {};
  }

  Status flush() {
    result_.bytes += text_.size();
    USHER_TRY(write_(text_));
    text_.clear();
    return {};
  }

  const GenerateOptions& options_;
  const std::function<Status(std::string_view)>& write_;
  Random random_;
  std::vector<Flaw> flaws_;
  std::vector<std::string> waiting_;
  std::string text_;
  Person person_;
  std::uint64_t joined_ = 0;  // organizations of the person at hand that have their row
  std::uint64_t next_person_ = 1;
  std::string tag_;  // tells people of other seeds apart, whatever their numbers
  std::uint64_t next_hash_ = 0;
  Generated result_;
};

Status check_options(const GenerateOptions& options) {
  const auto share = [](double value) { return value >= 0 && value <= 1; };
  constexpr std::uint64_t kMost = 1'000'000'000;
  if (options.rows > kMost || options.organizations > kMost) {
    return fail("cannot make more than 1,000,000,000 rows or organizations");
  }
  if (!share(options.bad) || !share(options.passwords) || !share(options.unusual)) {
    return fail("a share of the rows has to lie between 0 and 1");
  }
  if (!(options.orgs_per_person >= 1 && options.orgs_per_person <= 10)) {
    return fail("organizations per person have to lie between 1 and 10");
  }
  return {};
}

}  // namespace

Result<Generated> generate_users(const GenerateOptions& options,
                                 const std::function<Status(std::string_view)>& write) {
  USHER_TRY(check_options(options));
  return Generator(options, write).run();
}

}  // namespace usher
