// No coroutine of ours has a shape that gcc 12 miscompiles, and the check that says so can fail.
#include <gmock/gmock.h>

#include "tests/house/house.hpp"

namespace lockstep::house {
namespace {

std::vector<Finding> findings_in(const std::string& code) {
  return check_coroutines(make_source("backends/sample.cpp", code));
}

class Miscompiled : public testing::TestWithParam<const char*> {};

TEST_P(Miscompiled, IsFound) {
  EXPECT_EQ(findings_in(GetParam()).size(), 1u) << told(findings_in(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Each, Miscompiled,
    testing::Values("Task<void> f() { co_await g(A{1}); }", "Task<void> f() { co_await g({}); }",
                    "Task<void> f() { A a{.key = co_await x}; }",
                    "Task<void> f() { v.push_back(A{k, co_await x}); }",
                    "Task<int> f() { auto r = c ? co_await a : b; co_return r; }",
                    "Task<int> f() { switch (co_await x) { case 1: co_return 2; } }",
                    "Task<void> f() { co_await g([s] { return s; }); }",
                    "Task<void> f() { co_await within(t, [&] { return 1; }); }",
                    "Task<void> f() { h(co_await a, co_await b); }",
                    "class C {\n public:\n  Task<void> f() { co_await g(A{1}); }\n};",
                    "#include <x>\nnamespace n {\nTask<void> f() {\n  co_await g(A{1});\n}\n}",
                    "auto l = [](Env& env) -> Task<void> { co_await g(A{1}); };",
                    "Task<void> f(const Key& key);", "Task<Result<int>> f(std::string_view s);",
                    "Task<void> C::f(Env& env, std::span<const char> bytes) {}",
                    "auto l = [](const Op& op) -> Task<void> { co_return; };"));

class Sound : public testing::TestWithParam<const char*> {};

TEST_P(Sound, IsNotFound) {
  EXPECT_EQ(told(findings_in(GetParam())), "");
}

INSTANTIATE_TEST_SUITE_P(
    Each, Sound,
    testing::Values(
        "Task<void> f() { const A a{1}; co_await g(a); }",
        "Task<void> f(Env& env, std::string key, Duration d = {}) { co_await g(); }",
        "Task<int> f() { const int n = co_await x; switch (n) { case 1: break; } }",
        "Task<void> f() { if (const auto r = co_await x; !r) { co_return; } else { y(); } }",
        "Task<void> f() { for (int i = 0; i < n; ++i) { co_await x; } }",
        "Task<void> f() { auto [a, b] = co_await x; }", "Task<void> f() { a[1] = co_await x; }",
        "Task<void> f() { spawn([this] { return 1; }); co_await x; }",
        "Task<void> f() { return {}; }\nTask<void> h() { co_await x; }",
        "C::C() : a_{1}, b_{2} {}\nTask<void> h() { co_await x; co_await y; }",
        "Task<void> f() { co_await x; co_return A{1}; }",
        "Task<void> f() { co_await say(\"what? {}\"); }",
        "std::vector<Task<void>> all(const std::string& names);",
        "std::function<Task<void>(Env&, int)> body;"));

TEST(Coroutines, AFindingNamesTheLineOfTheAwait) {
  const auto findings = findings_in("Task<void> f() {\n  auto r =\n      c ? co_await a : b;\n}\n");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].line, 3);
}

TEST(House, NoCoroutineHasAShapeThatIsMiscompiled) {
  for (const auto& source : read_sources(LOCKSTEP_SOURCE_DIR)) {
    if (source.path.starts_with("tests/house/")) continue;  // snippets of what is wrong
    EXPECT_EQ(told(check_coroutines(source)), "");
  }
}

}  // namespace
}  // namespace lockstep::house
