#pragma once
// Where a history that is still being written can be cut: behind whole lines, rows or operations.

#include <cstddef>
#include <string_view>
#include <variant>

namespace lockstep {

/// Of a format in which every line stands for itself.
class LineCuts {
 public:
  bool cuts_behind(char c) { return c == '\n'; }
};

/// Of a CSV: ends of lines outside quotes.
class CsvCuts {
 public:
  bool cuts_behind(char c) {
    if (quoted_) {
      quoted_ = c != '"';
      closed_ = !quoted_;
    } else {
      const bool begins = last_ == ',' || last_ == '\n';
      quoted_ = c == '"' && (begins || closed_);  // of two quotes the second opens again
      closed_ = false;
    }
    last_ = c;
    return c == '\n' && !quoted_;
  }

 private:
  bool quoted_ = false;
  bool closed_ = false;  // just now
  char last_ = '\n';
};

/// Of EDN: ends of lines behind an operation, which is a map, or behind the vector of them all.
class EdnCuts {
 public:
  explicit EdnCuts(bool enclosed) : outside_(enclosed ? 1 : 0) {}

  bool cuts_behind(char c) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',';
    if (state_ == State::comment) {
      if (c == '\n') state_ = State::plain;
    } else if (state_ == State::text) {
      if (c == '\\') state_ = State::escape;
      if (c == '"') state_ = State::plain;
    } else if (state_ == State::escape) {
      state_ = State::text;
    } else if (state_ == State::character) {
      state_ = State::plain;
    } else {
      pass(c);
      if (!blank && state_ != State::comment) last_ = c;
    }
    if (c != '\n' || state_ != State::plain) return false;
    return (depth_ == outside_ && last_ == '}') || closed();
  }
  /// The vector has ended.
  bool closed() const { return outside_ == 1 && depth_ == 0 && last_ == ']'; }

 private:
  enum class State { plain, comment, text, escape, character };

  void pass(char c) {
    if (c == ';') state_ = State::comment;
    if (c == '"') state_ = State::text;
    if (c == '\\') state_ = State::character;
    if (c == '{' || c == '[' || c == '(') ++depth_;
    if (c == '}' || c == ']' || c == ')') --depth_;
  }

  int outside_;  // the depth at which operations stand
  int depth_ = 0;
  State state_ = State::plain;
  char last_ = 0;  // that is no blank and in no comment
};

using HistoryCuts = std::variant<LineCuts, CsvCuts, EdnCuts>;

}  // namespace lockstep
