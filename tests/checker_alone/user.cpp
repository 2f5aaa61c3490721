// Another project's ten lines: the installed checker, and nothing else of Lockstep.
#include <cstdio>
#include <lockstep/checker/model.hpp>

int main() {
  using namespace lockstep;
  const History history = {{.process = 0, .type = OpType::invoke, .f = "acquire"},
                           {.process = 0, .type = OpType::ok, .f = "acquire"},
                           {.process = 1, .type = OpType::invoke, .f = "acquire"},
                           {.process = 1, .type = OpType::ok, .f = "acquire"}};
  const Judged judged = check(*find_model("owner-mutex"), history);
  if (!judged || judged->status != Status::violated) return 1;
  std::puts(judged->decisive()->explanation.c_str());
}
