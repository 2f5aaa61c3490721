// A member's life, and those who wait for it.
#include "backends/raft/member.hpp"

#include <algorithm>
#include <utility>

#include "backends/raft/member_core.hpp"
#include "core/join.hpp"

namespace lockstep::raft {
namespace {

Task<bool> wait_for(Signal& signal) {
  co_await signal.wait();
  co_return true;
}

}  // namespace

Member::Core::Core(Env& env, MemberOptions options, StateMachine& machine)
    : env_(env), options_(std::move(options)), storage_(env), applier_(machine) {}

Member::Core::Question::Question(Core& c, Entry what, bool reads)
    : core(c), entry(std::move(what)), is_read(reads) {
  if (core.questions_.empty()) {
    core.ask_again_at_ = core.env_.steady_now() + core.options_.election_timeout;
  }
  core.questions_[entry.id.serial] = this;
}

Task<void> Member::Core::run() {
  auto saved = co_await storage_.load();
  if (!saved) co_return;  // without a disk it takes no part
  boot_ = saved->boot;
  applied_ = saved->snapshot.index;
  if (applied_ != 0) applier_.restore(saved->snapshot.state);
  Consensus::Options options;
  options.servers = options_.servers;
  options.founds = !options_.servers.empty() && options_.servers.front() == env_.id();
  options.election_timeout = options_.election_timeout;
  options.heartbeat = options_.heartbeat;
  options.most_entries = options_.most_entries;
  options.mistakes = options_.mistakes;
  consensus_.emplace(std::move(options), *saved, env_.random(), env_.steady_now());
  if (!consensus_->founded()) consensus_->wake(env_.steady_now());
  pump();
  for (;;) {
    const Datagram datagram = co_await env_.receive_datagram();
    const auto* letter = content_of<Letter>(datagram.frame);
    if (letter == nullptr) continue;
    consensus_->receive(*letter, env_.steady_now());
    pump();
  }
}

Entry Member::Core::next_entry() {
  Entry entry;
  entry.kind = EntryKind::command;
  entry.id = ProposalId{consensus_->self(), boot_, ++serial_};
  return entry;
}

bool Member::Core::ask(Question& question) {
  question.asked_in = consensus_->term();
  const SteadyTime now = env_.steady_now();
  return question.is_read ? consensus_->read(question.entry.id, now)
                          : consensus_->propose(question.entry, now);
}

Task<bool> Member::Core::answered(Question& question, Deadline until) {
  pump();
  if (question.reply) co_return true;
  auto wait = wait_for(question.answered);
  const auto woken = co_await within(env_, until, std::move(wait));
  co_return woken.has_value();
}

Task<Result<Frame>> Member::Core::propose(std::string command, Deadline until) {
  if (!consensus_) co_return fail(ErrorCode::refused, "this member has not started yet");
  Entry entry = next_entry();
  entry.bytes = std::move(command);
  Question question(*this, std::move(entry), false);
  if (!ask(question)) co_return fail(ErrorCode::refused, "no leader is known");
  const bool done = co_await answered(question, until);
  if (!done) co_return fail(ErrorCode::timeout, "not committed in time");
  co_return *question.reply;
}

Task<Result<void>> Member::Core::read_barrier(Deadline until) {
  if (!consensus_) co_return fail(ErrorCode::refused, "this member has not started yet");
  Question question(*this, next_entry(), true);
  if (!ask(question)) co_return fail(ErrorCode::refused, "no leader is known");
  const bool done = co_await answered(question, until);
  if (!done) co_return fail(ErrorCode::timeout, "no leader has confirmed the read in time");
  co_return Result<void>();
}

Task<Result<void>> Member::Core::add_server(NodeId server, Deadline until) {
  if (!believes_to_lead()) co_return fail(ErrorCode::refused, "this member does not lead");
  consensus_->invite(server);
  bool in_time = true;
  while (in_time && believes_to_lead()) {
    const Configuration& now = consensus_->configuration();
    const bool in = now.votes(now.from(server));
    if (in && consensus_->log().configuration_index() <= applied_) break;
    auto wait = wait_for(changed_);
    const auto woken = co_await within(env_, until, std::move(wait));
    in_time = woken.has_value();
  }
  consensus_->disinvite(server);
  if (!in_time) co_return fail(ErrorCode::timeout, "the server has not joined in time");
  if (!believes_to_lead()) co_return fail(ErrorCode::timeout, "this member leads no more");
  co_return Result<void>();
}

Task<Result<void>> Member::Core::remove_server(NodeId server, Deadline until) {
  if (!believes_to_lead()) co_return fail(ErrorCode::refused, "this member does not lead");
  if (!consensus_->remove(server, env_.steady_now())) {
    co_return fail(ErrorCode::refused, "the group may not be changed just now");
  }
  const Index place = consensus_->log().configuration_index();
  pump();
  while (consensus_->commit() < place) {
    if (!believes_to_lead()) break;
    auto wait = wait_for(changed_);
    const auto woken = co_await within(env_, until, std::move(wait));
    if (!woken) co_return fail(ErrorCode::timeout, "the change was not committed in time");
  }
  const bool gone = !consensus_->configuration().from(server) && consensus_->commit() >= place;
  if (!gone) co_return fail(ErrorCode::timeout, "this member leads no more");
  co_return Result<void>();
}

bool Member::Core::believes_to_lead() const {
  return consensus_ && consensus_->role() == Consensus::Role::leader;
}

bool Member::Core::leads() const {
  return believes_to_lead() && applied_ >= consensus_->term_start();
}

Member::Member(Env& env, MemberOptions options, StateMachine& machine)
    : core_(std::make_unique<Core>(env, std::move(options), machine)) {}
Member::~Member() = default;

Task<void> Member::run() {
  return core_->run();
}
Task<Result<Frame>> Member::propose(std::string command, Deadline until) {
  return core_->propose(std::move(command), until);
}
Task<Result<void>> Member::read_barrier(Deadline until) {
  return core_->read_barrier(until);
}
Task<Result<void>> Member::add_server(NodeId server, Deadline until) {
  return core_->add_server(server, until);
}
Task<Result<void>> Member::remove_server(NodeId server, Deadline until) {
  return core_->remove_server(server, until);
}

bool Member::leads() const {
  return core_->leads();
}
NodeId Member::leader() const {
  return core_->consensus() ? core_->consensus()->leader().node : no_node;
}
Term Member::term() const {
  return core_->consensus() ? core_->consensus()->term() : 0;
}
Index Member::applied() const {
  return core_->applied();
}
Signal& Member::changed() {
  return core_->changed();
}
const Consensus* Member::consensus() const {
  return core_->consensus();
}

std::vector<NodeId> Member::members() const {
  std::vector<NodeId> nodes;
  if (core_->consensus() == nullptr) return nodes;
  for (const ServerId& voter : core_->consensus()->configuration().voters) {
    nodes.push_back(voter.node);
  }
  return nodes;
}

}  // namespace lockstep::raft
