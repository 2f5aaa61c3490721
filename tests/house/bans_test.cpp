// Nothing in the heart can make two runs differ, and the check that says so can fail.
#include <gmock/gmock.h>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<Finding> findings_in(const std::string& code) {
  return check_bans(make_source("sim/sample.cpp", code));
}

class Banned : public testing::TestWithParam<const char*> {};

TEST_P(Banned, IsFound) {
  EXPECT_THAT(findings_in(GetParam()), testing::Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(
    Each, Banned,
    testing::Values("std::unordered_map<int, int> m;", "#include <unordered_set>",
                    "auto t = std::chrono::steady_clock::now();", "time(nullptr);",
                    "std::random_device seed;", "std::uniform_int_distribution<int> d;",
                    "std::shuffle(a, b, c);", "rand();", "std::thread t(f);", "std::atomic<int> n;",
                    "#include <mutex>", "getenv(\"HOME\");", "std::ifstream in(path);",
                    "std::cout << 1;", "std::map<Node*, int> by_node;",
                    "std::set<const Pipe *> pipes;", "std::hash<std::string>{}(s);",
                    "reinterpret_cast<std::uintptr_t>(p);", "std::sort(a.begin(), a.end());",
                    "std::ranges::sort(a);", "double rate = 0;", "google::protobuf::Message m;",
                    "std::setlocale(0, \"\");", "move(rng.below(3), rng.below(4));",
                    "f(a.pick(all),\n  g(b->next()));"));

class Fine : public testing::TestWithParam<const char*> {};

TEST_P(Fine, IsNotFound) {
  EXPECT_EQ(told(findings_in(GetParam())), "");
}

INSTANTIATE_TEST_SUITE_P(
    Each, Fine,
    testing::Values("std::map<NodeId, int> m;", "// std::thread would be wrong here",
                    "throw Bug(\"double release\");", "std::stable_sort(a.begin(), a.end());",
                    "Env& env; env.sleep(1s);", "std::map<std::string, Node*> by_name;",
                    "Pair p{rng.below(3), rng.below(4)};", "f(rng.below(3), 4);",
                    "std::sort(a.begin(), a.end());  // house: by id, which is unique",
                    "// house: by id, which is unique\nstd::sort(a.begin(), a.end());",
                    "const auto r = R\"(double float std::thread)\";",
                    "const auto n = 1'000'000;"));

TEST(Bans, AFindingNamesTheReplacementAndTheLine) {
  const auto findings = findings_in("int a;\nstd::random_device b;\n");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].line, 2);
  EXPECT_THAT(findings[0].what, testing::HasSubstr("use a random stream of core/"));
}

TEST(House, NothingInTheHeartIsBanned) {
  const std::string root = LOCKSTEP_SOURCE_DIR;
  const auto floors = parse_floors(read_file(root + "/docs/architecture.md"));
  for (const auto& source : read_sources(root)) {
    if (!in_heart(floors, source.path)) continue;
    EXPECT_EQ(told(check_bans(source)), "");
  }
}

}  // namespace
}  // namespace lockstep::house
