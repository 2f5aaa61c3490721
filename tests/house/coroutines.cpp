// The shapes of coroutine code that gcc 12 miscompiles in silence, found statement by statement.
#include <cctype>
#include <regex>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

// A statement without the blocks nested in it; each of those is statements of its own.
struct Statement {
  std::string text;
  std::size_t await_at = 0;  // offset in the file of its first co_await
  int awaits = 0;
  bool braces = false;  // an initializer in braces
  bool capturing_lambda = false;
  int depth = 0;  // of parentheses
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string last_word(const std::string& text) {
  const auto end = text.find_last_not_of(" \n\t");
  if (end == std::string::npos) return "";
  if (!is_word(text[end])) return std::string(1, text[end]);
  auto begin = end;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  return text.substr(begin, end + 1 - begin);
}

std::string first_word(const std::string& text) {
  const auto begin = text.find_first_not_of(" \n\t");
  if (begin == std::string::npos) return "";
  auto end = begin;
  while (end < text.size() && is_word(text[end])) ++end;
  return text.substr(begin, end - begin);
}

// Whether the '{' that follows `before` opens a block rather than an initializer.
bool opens_block(const std::string& before) {
  static const std::set<std::string> scopes = {"class",     "struct", "union",   "enum",
                                               "namespace", "extern", "template"};
  static const std::set<std::string> words = {"else",    "do",       "try",      "const",
                                              "mutable", "override", "noexcept", "final"};
  static const std::regex trailing_return(R"(\)\s*(const|mutable|noexcept|\s)*->[^;(){}]*$)");
  const auto last = last_word(before);
  if (last.empty() || last == ")" || last == "]" || last == ":" || words.contains(last)) {
    return true;
  }
  if (scopes.contains(first_word(before)) && before.find('=') == std::string::npos) return true;
  const auto tail = before.size() > 200 ? before.substr(before.size() - 200) : before;
  return std::regex_search(tail, trailing_return);
}

// Whether the '[' at `at` opens a lambda that captures something.
bool opens_capturing_lambda(const std::string& code, std::size_t at, const std::string& before) {
  const auto last = last_word(before);
  const bool subscript = last == ")" || last == "]" ||
                         (!last.empty() && is_word(last.front()) && last != "return" &&
                          last != "co_return" && last != "co_await");
  if (subscript || last == "auto" || last == "&") return false;
  const auto close = code.find(']', at);
  if (close == std::string::npos) return false;
  const auto captures = code.find_first_not_of(" \n", at + 1);
  if (captures == close || code[captures] == '[') return false;  // [] or an attribute
  const auto after = code.find_first_not_of(" \n", close + 1);
  return after != std::string::npos && (code[after] == '(' || code[after] == '{');
}

// Directives are no statements: blanked out, with the lines they continue on.
std::string without_directives(std::string code) {
  bool line_start = true;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (line_start && code[i] == '#') {
      for (; i < code.size() && (code[i] != '\n' || code[i - 1] == '\\'); ++i) {
        if (code[i] != '\n') code[i] = ' ';
      }
    }
    if (i < code.size()) line_start = code[i] == '\n' || (line_start && code[i] == ' ');
  }
  return code;
}

// Walks through code and collects the statements that await, innermost first.
class StatementReader {
 public:
  explicit StatementReader(const std::string& code) : code_(without_directives(code)) {}

  std::vector<Statement> awaiting() {
    for (std::size_t i = 0; i < code_.size(); ++i) read(i);
    finish();
    return std::move(found_);
  }

 private:
  void read(std::size_t at) {
    auto& now = open_.back();
    const char c = code_[at];
    if (c == '(') ++now.depth;
    if (c == ')') --now.depth;
    if (c == '[' && opens_capturing_lambda(code_, at, now.text)) now.capturing_lambda = true;
    if (c == '{' && enter_brace()) return;
    if (c == '}' && leave_brace()) return;
    if (c == ';' && now.depth == 0) return finish();
    const bool word_starts = at == 0 || !is_word(code_[at - 1]);
    if (word_starts && code_.compare(at, 8, "co_await") == 0 && now.awaits++ == 0) {
      now.await_at = at;
    }
    now.text += c;
    if (c == ':' && is_access(now.text)) now = {};
  }

  static bool is_access(const std::string& text) {
    const auto word = first_word(text);
    return (word == "public" || word == "private" || word == "protected") &&
           text.find_last_not_of(" \n:") < text.find(word) + word.size();
  }

  // Both tell whether the brace belongs to a block.
  bool enter_brace() {
    const bool block = opens_block(open_.back().text);
    blocks_.push_back(block);
    if (block) {
      open_.emplace_back();
    } else {
      open_.back().braces = true;
    }
    return block;
  }

  bool leave_brace() {
    if (blocks_.empty()) return false;
    const bool block = blocks_.back();
    blocks_.pop_back();
    if (block) {
      finish();
      open_.pop_back();
      if (open_.back().depth == 0) finish();
    }
    return block;
  }

  void finish() {
    if (open_.back().awaits > 0) found_.push_back(open_.back());
    open_.back() = {};
  }

  std::string code_;
  std::vector<Statement> open_ = std::vector<Statement>(1);  // those that enclose this place
  std::vector<bool> blocks_;  // for each open brace: is it a block or an initializer
  std::vector<Statement> found_;
};

std::vector<std::string> faults_of(const Statement& statement) {
  std::vector<std::string> faults;
  if (statement.awaits > 1) faults.emplace_back("two co_await in one statement: name each result");
  if (statement.braces) {
    faults.emplace_back(
        "braces beside co_await: name the braced value first (gcc 12 destroys it twice)");
  }
  if (statement.text.find('?') != std::string::npos) {
    faults.emplace_back("?: beside co_await: write if and else (gcc 12 destroys both arms)");
  }
  if (first_word(statement.text) == "switch") {
    faults.emplace_back("switch on co_await: name the value, then switch (gcc 12 errs in silence)");
  }
  if (statement.capturing_lambda) {
    faults.emplace_back(
        "a capturing lambda beside co_await: name it first (gcc 12 destroys captures twice)");
  }
  return faults;
}

std::size_t closing(const std::string& code, std::size_t open, char opener, char closer) {
  int depth = 0;
  for (auto i = open; i < code.size(); ++i) {
    if (code[i] == opener) ++depth;
    if (code[i] == closer && --depth == 0) return i;
    if (code[i] == ';') return std::string::npos;
  }
  return std::string::npos;
}

bool dies_at_suspension(const std::string& parameters) {
  static const std::regex borrowed(R"(\bconst\s+[\w:<>, ]+&|\bstring_view\b|\bspan\s*<)");
  return std::regex_search(parameters, borrowed);
}

// The parameters of the function whose return type `Task<` starts at `at`; empty for other uses.
std::string parameters_at(const std::string& code, std::size_t at) {
  static const std::regex name(R"(^\s*[\w:~]+\s*$)");
  const auto before = code.find_last_not_of(" \n", at == 0 ? 0 : at - 1);
  if (at >= 2 && code[before] == '>' && code[before - 1] == '-') {  // (parameters) -> Task<T>
    const auto open = code.find_last_of(";{}[", before);
    const auto start = open == std::string::npos ? 0 : open;
    return code.substr(start, before - start);
  }
  const auto end = closing(code, at + 4, '<', '>');
  if (end == std::string::npos) return "";
  const auto open = code.find_first_of("(;{}=,)<>", end + 1);
  if (open == std::string::npos || code[open] != '(') return "";
  if (!std::regex_match(code.substr(end + 1, open - end - 1), name)) return "";
  const auto close = closing(code, open, '(', ')');
  return close == std::string::npos ? "" : code.substr(open, close - open);
}

void check_parameters(const Source& source, std::vector<Finding>& findings) {
  const auto& code = source.code;
  for (auto at = code.find("Task<"); at != std::string::npos; at = code.find("Task<", at + 1)) {
    if (!dies_at_suspension(parameters_at(code, at))) continue;
    findings.push_back({source.path, line_at(code, at),
                        "a coroutine takes values, or Env&-like references: what a const&, "
                        "string_view or span points to may be gone at the first suspension"});
  }
}

}  // namespace

std::vector<Finding> check_coroutines(const Source& source) {
  std::vector<Finding> findings;
  for (const auto& statement : StatementReader(source.code).awaiting()) {
    for (auto& fault : faults_of(statement)) {
      findings.push_back({source.path, line_at(source.code, statement.await_at), std::move(fault)});
    }
  }
  check_parameters(source, findings);
  return findings;
}

}  // namespace lockstep::house
