// Judgements of arbitrary histories, under any model: small ones as all orders say, larger ones as
// monitor and search say of each other, with evidence that can be followed.
#include "tests/checker/agreement.hpp"
#include "tests/checker/worlds.hpp"
#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {
namespace {

using testing::Choices;
using testing::Drawn;
using testing::World;

constexpr std::size_t most_events = 80;
constexpr std::size_t few = 5;  // operations, for which all orders are quickly tried

OpValue any_value(Choices& choices) {
  switch (choices.below(8)) {
    case 0: return {};
    case 1: return testing::number(INT64_MAX);
    case 2: return testing::number(INT64_MIN);
    case 3: return testing::number(static_cast<std::int64_t>(choices.below(4)));
    case 4: return OpValue{std::string(1, "abxy"[choices.below(4)])};
    case 5: return testing::pair(static_cast<std::int64_t>(choices.below(3)), 1);
    case 6: return OpValue{OpValue::List{OpValue{std::string("a")}, testing::number(-1)}};
    default: return OpValue{OpValue::List{}};
  }
}

/// Mostly what the model knows. `late`: its return tells another value than its call, so that what
/// it is may not be known before that.
Drawn any_drawn(const World& world, Choices& choices, std::uint64_t& tokens, std::size_t begun,
                bool& late) {
  if (choices.below(16) != 15) return world.draw({choices, tokens, begun});
  static const char* names[] = {"acquire", "release", "renew", "read", "write", "cas",     "get",
                                "put",     "append",  "add",   "lead", "",      "inspect", "fly"};
  Drawn drawn{.f = names[choices.below(std::size(names))]};
  drawn.asked = any_value(choices);
  drawn.answered = any_value(choices);
  drawn.token = choices.below(4) == 0 ? UINT64_MAX : choices.below(5);
  late |= drawn.asked != drawn.answered;
  return drawn;
}

/// Who owns what is asked for and given. A semaphore has owners where the history names one, and so
/// names all of them or none.
struct Owners {
  bool all = false;
  bool none = false;
  bool wild = false;  // a return may name another than the call did: prefixes know less than all

  std::string of_call(Choices& choices) const {
    static constexpr const char* names[] = {"", "a", "", "b"};
    return none ? "" : names[choices.below(4) | (all ? 1 : 0)];
  }
  std::string of_return(Choices& choices) const { return wild && choices.below(4) == 3 ? "c" : ""; }
};

/// Calls and returns of up to seven processes, each in turn, on one key or two.
History any_history(const World& world, Owners owners, Choices& choices, bool& late) {
  static constexpr std::int64_t processes[] = {0, 1, 2, 3, 4, 5000, INT64_MAX, nemesis_process};
  std::vector<std::optional<Drawn>> open(std::size(processes));
  std::vector<std::string> keys(open.size());
  std::vector<std::size_t> begun(open.size());
  std::uint64_t tokens = 0;
  History history;
  while (!choices.spent() && history.size() < most_events) {
    const std::size_t who = choices.below(open.size());
    if (!open[who]) {
      open[who] = any_drawn(world, choices, tokens, begun[who]++, late);
      keys[who] = choices.below(4) == 3 ? "other" : "";
      Op op = testing::event(processes[who], OpType::invoke, open[who]->f, open[who]->asked);
      op.key = keys[who];
      op.owner = owners.of_call(choices);
      history.push_back(std::move(op));
      continue;
    }
    static constexpr OpType ends[] = {OpType::ok, OpType::ok, OpType::fail, OpType::info};
    Op op = testing::event(processes[who], ends[choices.below(4)], open[who]->f);
    op.key = keys[who];
    if (op.type == OpType::ok) {
      op.value = open[who]->answered;
      op.token = open[who]->token;
      op.owner = owners.of_return(choices);
    }
    history.push_back(std::move(op));
    open[who].reset();
  }
  return testing::history_of(std::move(history));
}

void follow(const World& world, const Model& model, const Operations& all, const Finding& finding) {
  if (finding.status == Status::holds) {
    ensure(verify_order(model, all, finding.key, finding.order, world.terms), "a witness");
  }
  if (finding.status != Status::violated) return;
  ensure(finding.stuck.has_value() && !finding.conflict.empty(), "a conflict");
  ensure(!finding.explanation.empty(), "an explanation");
  const Operations before = testing::as_of(all, all[*finding.stuck].ret - 1);
  ensure(model.allows(before, finding.order, world.terms).value_or(false), "a prefix");
  for (const OrderStep& step : finding.cycle) describe(step, all);
}

void judge(const World& world, const Model& model, const History& history, bool compare) {
  const auto read = operations_of(history);
  ensure(read || !read.error().text.empty(), "an error says what is wrong");
  if (!read) return;
  Terms terms = world.terms;
  terms.budget.steps = 20'000;
  terms.core = read->size() <= 12;
  const Judged judged = model.check(*read, terms);
  ensure(judged || !judged.error().text.empty(), "an error says what is wrong");
  if (!judged) return;
  for (const Finding& finding : judged->findings) {
    if (compare || finding.status == Status::holds) follow(world, model, *read, finding);
  }
  terms.core = false;
  terms.method = Method::monitor;
  const Status monitored = model.check(*read, terms)->status;
  terms.method = Method::search;
  const Status searched = model.check(*read, terms)->status;
  const bool both = monitored != Status::unknown && searched != Status::unknown;
  ensure(!both || monitored == searched, "monitor and search agree");
  for (const Finding& finding : judged->findings) {
    Operations own = *read;
    std::erase_if(own, [&](const Operation& one) { return one.key() != finding.key; });
    testing::Tally tally;
    if (compare && own.size() <= few) testing::Agreement(world, model, own, tally).check();
  }
}

}  // namespace

void checker(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto& worlds = testing::all_worlds();
  const World& world = worlds[static_cast<unsigned char>(bytes.front()) % worlds.size()];
  Choices choices(bytes.substr(1));
  const std::uint64_t kind = choices.below(8);
  Owners owners{.all = false, .none = kind == 1, .wild = kind == 0};
  if (world.model == "semaphore") owners = {.all = kind >= 4, .none = kind < 4};
  bool late = false;
  const History history = any_history(world, owners, choices, late);
  judge(world, *find_model(world.model), history, !owners.wild && !late);
}

}  // namespace lockstep::fuzz
