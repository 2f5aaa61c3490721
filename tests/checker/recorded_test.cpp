// Histories that others recorded, where they are at hand: each gets the verdict that is known.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "checker/model.hpp"

namespace lockstep {
namespace {

const std::filesystem::path histories =
    std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "../shared/histories/knossos";

// Enough of EDN for these files: flat maps, keywords, numbers, nil, [a b].
OpValue value_of(const std::string& text) {
  if (text == "nil") return {};
  if (text.front() != '[') return OpValue{std::int64_t{std::stoll(text)}};
  const auto space = text.find(' ');
  return OpValue{OpValue::List{value_of(text.substr(1, space - 1)),
                               value_of(text.substr(space + 1, text.size() - space - 2))}};
}

History read(const std::filesystem::path& file) {
  static const std::regex type(":type :(invoke|ok|fail|info)");
  static const std::regex process(":process (:nemesis|\\d+)");
  static const std::regex f(":f :([a-z-]+)");
  static const std::regex value(":value (nil|-?\\d+|\\[[^\\]]*\\])");
  History history;
  std::ifstream in(file);
  std::string line;  // one map
  std::smatch match;
  while (std::getline(in, line, '}')) {
    if (!std::regex_search(line, match, type)) continue;
    Op op;
    const std::string name = match[1];
    op.type = name == "invoke" ? OpType::invoke
              : name == "ok"   ? OpType::ok
              : name == "fail" ? OpType::fail
                               : OpType::info;
    if (!std::regex_search(line, match, process)) continue;
    op.process = match[1] == ":nemesis" ? nemesis_process : std::stoll(match[1]);
    if (std::regex_search(line, match, f)) op.f = match[1];
    if (std::regex_search(line, match, value)) op.value = value_of(match[1]);
    op.index = static_cast<std::int64_t>(history.size());
    history.push_back(op);
  }
  return history;
}

TEST(Recorded, EtcdLetThreeProcessesHoldAtOnce) {
  const auto file = histories / "mutex/bad/etcd.edn";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not at hand";
  const History history = read(file);
  ASSERT_EQ(history.size(), 1135u);
  const Judgement judgement = check(*find_model("owner-mutex"), history).value();
  EXPECT_EQ(judgement.status, Status::violated);
  EXPECT_EQ(judgement.decisive()->explanation,
            "process 3, process 0 and process 1 hold the lock at once: each had acquired it (ops "
            "1109, 1119 and 1133) before any of them released, and none ever did");
  EXPECT_EQ(check(*find_model("mutex"), history).value().status, Status::violated);
}

void each_is(const char* folder, Status expected) {
  const auto path = histories / "cas-register" / folder;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not at hand";
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const auto judged = check(*find_model("cas-register"), read(entry.path()));
    ASSERT_TRUE(judged) << entry.path() << ": " << judged.error().text;
    EXPECT_EQ(judged->status, expected) << entry.path();
  }
}

TEST(Recorded, GoodCasRegistersAreLinearizable) {
  each_is("good", Status::holds);
}
TEST(Recorded, BadCasRegistersAreNot) {
  each_is("bad", Status::violated);
}

}  // namespace
}  // namespace lockstep
