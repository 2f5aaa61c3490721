// What could make two runs of one scenario differ, and what to use instead.
#include <regex>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

struct Ban {
  std::regex pattern;
  const char* instead;
};

std::regex compiled(const char* pattern) {
  return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
}

const std::vector<Ban>& bans() {
  static const std::vector<Ban> all = {
      {compiled(R"((std|boost)::unordered_\w+|[<]unordered_\w+[>])"),
       "std::map or a sorted vector: the order of a hash table differs between libraries"},
      {compiled(R"(\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\b)"),
       "the clocks of Env; World alone knows the true time"},
      {compiled(R"(\b(gettimeofday|clock_gettime|localtime\w*|gmtime\w*)\b|\bstd::time\b|)"
                R"(\btime\s*\(\s*(NULL|nullptr|0|&))"),
       "the clocks of Env; World alone knows the true time"},
      {compiled(R"(\b(random_device|mt19937\w*|minstd_rand\w*|default_random_engine)\b)"),
       "a random stream of core/: engines are state, and state is not a pure function"},
      {compiled(R"(\b\w+_distribution\b|std::(shuffle|sample)\b|)"
                R"(\b(s?rand|arc4random\w*)\s*\(|[<]random[>])"),
       "a random stream of core/: std distributions differ between libraries"},
      {compiled(R"(std::(thread|jthread|async|mutex|shared_mutex|atomic\w*|future|this_thread)\b|)"
                R"(std::condition_variable\w*|\bthread_local\b)"),
       "Env's tasks and sleep; threads belong to the searches of harness/"},
      {compiled(R"([<](thread|mutex|atomic|future|condition_variable|shared_mutex|stop_token)[>])"),
       "Env's tasks and sleep; threads belong to the searches of harness/"},
      {compiled(R"(\b(secure_)?getenv\s*\(|\bstd::(i|o)?fstream\b|\bfopen\s*\(|)"
                R"([<](fstream|filesystem)[>])"),
       "a field of Scenario; files and the environment belong to cli/ and campaign/"},
      {compiled(R"(\bstd::(cout|cerr|clog|cin)\b|[<]iostream[>]|(^|[^\w.:>])printf\s*\()"),
       "a returned value; telling belongs to reports/ and cli/"},
      {compiled(R"(\bgoogle::protobuf\b|\bprotobuf::)"),
       "the types of core/; Protocol Buffers belong to the one file that reads and writes them"},
      {compiled(R"(\bstd::locale\b|\bsetlocale\b|[<]locale[>]|\bstd::(tolower|toupper)\b)"),
       "explicit ASCII: the locale is global state"},
      {compiled(R"(std::(multi)?(set|map)\s*<\s*(const\s+)?[\w:]+\s*\*)"),
       "an id as the key: addresses differ from run to run and are reused"},
      {compiled(R"(std::(less|greater)\s*<\s*(const\s+)?[\w:]+\s*\*|)"
                R"(std::hash\s*<|[<]typeindex[>])"),
       "the digest of core/, or an id: std::hash and addresses differ between runs and libraries"},
      {compiled(R"(\breinterpret_cast\s*<\s*(std::)?u?intptr_t)"),
       "an id: addresses differ from run to run"},
      {compiled(R"(\bstd::(ranges::)?(sort|partial_sort|nth_element|unstable_\w+)\b|)"
                R"(\bstd::(ranges::)?(make|push|pop)_heap\b|\bstd::priority_queue\b)"),
       "std::stable_sort, or name the total order in a `// house:` comment: ties fall differently"},
      {compiled(R"(\b(double|float)\b)"),
       "integers (nanoseconds, parts per million): floating point differs between builds"},
  };
  return all;
}

// `f(rng.next(), rng.next())`: gcc evaluates arguments right to left, clang left to right. Braces
// are ordered in both, so only parentheses count.
const std::regex& draw() {
  static const std::regex pattern =
      compiled(R"((\.|->)(next|below|between|scale_between|chance|pick|token)\s*\()");
  return pattern;
}

std::size_t closing(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '(') ++depth;
    if (code[i] == ')' && --depth == 0) return i;
  }
  return code.size();
}

// Draws among the arguments of the call whose '(' is at `open`, at most one counted per argument.
int arguments_that_draw(const std::string& code, std::size_t open) {
  int drawing = 0;
  int depth = 0;
  auto start = open + 1;
  const auto end = closing(code, open);
  for (auto i = open; i <= end && i < code.size(); ++i) {
    const char c = code[i];
    if (c == '(' || c == '{' || c == '[') ++depth;
    if (c == ')' || c == '}' || c == ']') --depth;
    const bool ends = i == end || (depth == 1 && c == ',');
    if (c == ';') return 0;  // the header of a for, or a lambda's body
    if (!ends) continue;
    const std::string argument = code.substr(start, i - start);
    drawing += std::regex_search(argument, draw()) ? 1 : 0;
    start = i + 1;
  }
  return drawing;
}

void check_draws(const Source& source, std::vector<Finding>& findings) {
  for (auto open = source.code.find('('); open != std::string::npos;
       open = source.code.find('(', open + 1)) {
    if (arguments_that_draw(source.code, open) < 2) continue;
    findings.push_back({source.path, line_at(source.code, open),
                        "two draws in one argument list: name them first, compilers differ in "
                        "the order"});
  }
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// A comment `// house: why` on the line, or alone on the line above, excuses it.
bool excused(const std::vector<std::string_view>& lines, std::size_t line) {
  constexpr std::string_view mark = "// house: ";
  if (lines[line].find(mark) != std::string_view::npos) return true;
  if (line == 0) return false;
  const auto above = lines[line - 1];
  const auto first = above.find_first_not_of(' ');
  return first != std::string_view::npos && above.substr(first).starts_with(mark);
}

}  // namespace

std::vector<Finding> check_bans(const Source& source) {
  std::vector<Finding> findings;
  const auto text = lines_of(source.text);
  const auto code = lines_of(source.code);
  for (std::size_t i = 0; i < code.size(); ++i) {
    for (const auto& ban : bans()) {
      std::match_results<std::string_view::const_iterator> match;
      if (!std::regex_search(code[i].begin(), code[i].end(), match, ban.pattern)) continue;
      if (excused(text, i)) continue;
      findings.push_back({source.path, static_cast<int>(i) + 1,
                          "`" + match.str() + "` is banned in the heart; use " + ban.instead});
    }
  }
  check_draws(source, findings);
  return findings;
}

}  // namespace lockstep::house
