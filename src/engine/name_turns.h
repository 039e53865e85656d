// SPDX-License-Identifier: Apache-2.0
// Whose turn it is, among organizations of one name. Nothing in the API keeps names unique, and a
// file may name one new organization twice over: by its external id and name in some rows, by its
// name alone in others. These are two gates, and were they resolved at the same time both would
// find nothing and both would create. So:
//
//   by name alone       resolved while nobody else of that name is
//   by external id,     resolved together with others of their kind (each is an organization of
//   with leave to make  its own, whatever it is called), but not while one by name alone is
//   any other           waits for nobody: it cannot make an organization of that name
//
// In the order of the file, and nobody is overtaken: what comes of a file is what would come of its
// rows one by one. That is one organization when the external id comes first, for the name alone
// then finds it. It is two when the name alone comes first: that row makes one, as it must, and the
// external id says of itself that it is another (adopting one by its name could put people into a
// stranger's organization). The engine warns of it (clashes()).
//
// Names are the same when they are so byte for byte, as in workos/organization_step.h. Pure.
// Tested by name_turns_test.cc.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/gates.h"

namespace usher {

class NameTurns {
 public:
  explicit NameTurns(std::size_t kept) : kept_(kept) {}

  // Whether it may be resolved now. Else it stands in the line, and end() says when.
  [[nodiscard]] bool ask(Gate& gate);
  // It was its turn, and is no longer, however it came out. Those whose turn it is now.
  [[nodiscard]] std::vector<Gate*> end(Gate& gate);
  // Empties the line: nobody's turn comes any more but theirs whose turn it is.
  [[nodiscard]] std::vector<Gate*> take_waiting();
  void clear();

  // For one by name alone: the organization of that name that this run has made for an external id.
  // Lists may lag behind a creation, so a search that does not find it is to be repeated.
  [[nodiscard]] std::string made(const OrgRef& wish) const;
  // For one by external id: the organization that rows of this run have found by that name alone.
  [[nodiscard]] std::string clashes(const OrgRef& wish) const;

 private:
  struct Line {
    std::deque<Gate*> waiting;
    std::size_t at_it = 0;
    bool alone = false;  // the one at it is by name alone
  };
  struct Known {
    std::string id;
    bool by_name = false;
  };
  static bool admits(const Line& line, const Gate& gate);
  static void enter(Line& line, const Gate& gate);
  void remember(const Gate& gate);

  std::size_t kept_;
  std::unordered_map<std::string, Line> lines_;   // only those with somebody at it
  std::unordered_map<std::string, Known> known_;  // of the names resolved last
  std::deque<std::string> order_;                 // of known_, the oldest first
};

}  // namespace usher
