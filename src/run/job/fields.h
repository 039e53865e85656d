// SPDX-License-Identifier: Apache-2.0
// The fields of a JSON object that a job keeps for itself: the first that is missing, or says
// something else than was asked, is remembered, so that all are read in a row. Tested by
// plan_test.cc, here and in run/customers.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/fwd.hpp>

namespace usher::job {

// Words that reach the disk, by the number of the enumerator.
template <class E, std::size_t N>
std::string_view word(const std::array<const char*, N>& words, E value) {
  return words.at(static_cast<std::size_t>(value));
}

class Fields {
 public:
  explicit Fields(const boost::json::object& object) : object_(object) {}

  void read(const char* name, std::string& out);
  void read(const char* name, bool& out);
  template <class N>
  void read_number(const char* name, N& out) {
    std::int64_t number = 0;
    if (!read_signed(name, number)) return;
    if (std::in_range<N>(number)) {
      out = static_cast<N>(number);
    } else {
      miss(name);
    }
  }
  template <class E, std::size_t N>
  void read_word(const char* name, const std::array<const char*, N>& words, E& out) {
    std::string text;
    read(name, text);
    for (std::size_t i = 0; i < N; ++i) {
      if (text == words.at(i)) {
        out = static_cast<E>(i);
        return;
      }
    }
    miss(name);
  }
  // `inner` reads the fields of the object, or of each object of the list, of that name.
  void read_object(const char* name, const std::function<void(Fields& fields)>& inner);
  void read_objects(const char* name, const std::function<void(Fields& fields)>& inner);
  void read_texts(const char* name, const std::function<void(std::string text)>& add);

  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  [[nodiscard]] const boost::json::value* find(const char* name) const;
  [[nodiscard]] bool read_signed(const char* name, std::int64_t& out);
  void read_inner(const char* name, const boost::json::value& value,
                  const std::function<void(Fields& fields)>& inner);
  void miss(const char* name) {
    if (missing_.empty()) missing_ = name;
  }

  const boost::json::object& object_;
  std::string missing_;
};

}  // namespace usher::job
