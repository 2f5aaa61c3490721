// W4: which transfers lose money, and who is to blame.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using testing::at_ms;
using ::testing::HasSubstr;
using testing::is_witnessed;
using testing::Play;

/// A bank of two accounts that hold 100 each at first.
class Bank : public Play {
 public:
  explicit Bank(std::string mode = "naive") : Play(8) {
    scenario.workload = "transfer";
    scenario.workload_settings.put("mode", std::move(mode));
    scenario.workload_settings.put("balance", std::int64_t{100});
  }

  /// A client gets both locks; its holds are numbered `first` and the next.
  std::uint64_t enter(std::int64_t process, std::int64_t from, std::int64_t to,
                      BeliefEnd end = BeliefEnd::released) {
    const std::string owner = "o" + std::to_string(++entered_);
    lock = "lock-1";
    const std::uint64_t first = believe(process, from, to, owner, 0, end);
    lock = "lock-2";
    believe(process, from + 3, to, owner, 0, end);
    if (end == BeliefEnd::released && to >= 0) {
      op(process, "release", to, to + 1, OpType::ok, owner);
    }
    return first;
  }
  Bank& reads(std::int64_t at, std::int64_t process, std::uint64_t section, int account,
              std::int64_t value) {
    event(at, process, section, account, false, value, true);
    operation(process, "read", name(account), at, at + 1, OpType::ok, "", 0, OpValue{value});
    return *this;
  }
  Bank& writes(std::int64_t at, std::int64_t process, std::uint64_t section, int account,
               std::int64_t value) {
    event(at, process, section, account, true, value, true);
    operation(process, "write", name(account), at, at + 1, OpType::ok, "", 0, OpValue{value});
    return *this;
  }
  Bank& refuses(std::int64_t at, std::int64_t process, std::uint64_t section, int account,
                std::int64_t value) {
    event(at, process, section, account, true, value, false);
    operation(process, "write", name(account), at, at + 1, OpType::fail, "", 0, OpValue{value});
    record.history.back().error = "token 1 is older than 2";
    return *this;
  }
  /// Reads both balances and moves `amount` from account 1 to account 2.
  Bank& moves(std::int64_t at, std::int64_t process, std::uint64_t section, std::int64_t one,
              std::int64_t two, std::int64_t amount) {
    reads(at, process, section, 1, one).reads(at + 2, process, section + 1, 2, two);
    return writes(at + 4, process, section, 1, one - amount)
        .writes(at + 6, process, section + 1, 2, two + amount);
  }

  Bank& event(std::int64_t at, std::int64_t process, std::uint64_t section, int account, bool write,
              std::int64_t value, bool accepted) {
    ResourceEvent event;
    event.at = at_ms(at);
    event.process = process;
    event.access.resource = name(account);
    event.access.section = section;
    event.access.write = write;
    event.access.accepted = accepted;
    event.access.value = value;
    record.resource.push_back(event);
    return *this;
  }

 private:
  static std::string name(int account) {
    return account == 0 ? "journal" : "account-" + std::to_string(account);
  }
  int entered_ = 0;
};

Verdict judged(Bank& bank) {
  std::stable_sort(bank.record.resource.begin(), bank.record.resource.end(),
                   [](const ResourceEvent& a, const ResourceEvent& b) { return a.at < b.at; });
  return bank.judge("money-conserved");
}

TEST(Money, HoldsWhileTransfersAreWhole) {
  Bank bank;
  const auto one = bank.enter(0, 100, 200);
  bank.moves(110, 0, one, 0, 0, 30);  // never written: both hold 100
  // `moves` wrote what a client writes that takes the 0 for the opening balance.
  bank.record.resource[2].access.value = 70;
  bank.record.resource[3].access.value = 130;
  const auto two = bank.enter(1, 300, 400);
  bank.moves(310, 1, two, 70, 130, 20);
  const Verdict verdict = judged(bank);
  EXPECT_EQ(verdict.status, Status::holds) << verdict.explanation;
  EXPECT_EQ(verdict.explanation, "the accounts hold 200 together, at every instant");
}

TEST(Money, BlamesTheSectionAndNotTheLockWhenAHolderDiesBetweenDebitAndCredit) {
  Bank bank;
  const auto one = bank.enter(0, 100, 120, BeliefEnd::crashed);
  bank.reads(104, 0, one, 1, 100).reads(106, 0, one + 1, 2, 100).writes(110, 0, one, 1, 70);
  const Verdict verdict = judged(bank);
  EXPECT_TRUE(is_witnessed(bank.record, verdict));
  EXPECT_FALSE(verdict.claimed);
  EXPECT_EQ(verdict.at, at_ms(110));
  EXPECT_THAT(verdict.explanation,
              HasSubstr("non-atomic section: client-1 took 30 out of account-1 at 0.110 s and "
                        "crashed before its other write; the accounts hold 170 of 200"));
}

TEST(Money, BlamesTheSectionWhenAHolderIsFencedBetweenDebitAndCredit) {
  Bank bank;
  const auto one = bank.enter(0, 100, 500);
  bank.reads(104, 0, one, 1, 100).reads(106, 0, one + 1, 2, 100).writes(110, 0, one, 1, 70);
  bank.refuses(450, 0, one + 1, 2, 130);
  const Verdict verdict = judged(bank);
  EXPECT_TRUE(is_witnessed(bank.record, verdict));
  EXPECT_FALSE(verdict.claimed);
  EXPECT_THAT(verdict.explanation, HasSubstr("its write of account-2 was refused (token 1 is older "
                                             "than 2)"));
}

TEST(Money, TheNextReaderSeesWhatACutSectionLeftAndTheLockIsStillNotToBlame) {
  Bank bank;
  const auto one = bank.enter(0, 100, 120, BeliefEnd::crashed);
  bank.reads(104, 0, one, 1, 100).reads(106, 0, one + 1, 2, 100).writes(110, 0, one, 1, 70);
  const auto two = bank.enter(1, 300, 400);
  bank.moves(310, 1, two, 70, 100, 20);
  EXPECT_THAT(judged(bank).explanation, HasSubstr("non-atomic section"));
}

TEST(Money, BlamesTheLockWhenWholeSectionsOverlap) {
  Bank bank;
  const auto one = bank.enter(0, 100, 500);
  bank.reads(104, 0, one, 1, 100).reads(106, 0, one + 1, 2, 100);
  const auto two = bank.enter(1, 200, 300);
  bank.moves(210, 1, two, 100, 100, 50);                            // 50, 150
  bank.writes(400, 0, one, 1, 70).writes(402, 0, one + 1, 2, 130);  // 70, 130: the sum is right
  const auto three = bank.enter(2, 350, 500);
  bank.reads(355, 2, three, 1, 50).reads(401, 2, three + 1, 2, 150);
  EXPECT_EQ(judged(bank).status, Status::holds) << "a lost transfer makes no money";
  bank.writes(404, 2, three, 1, 40).writes(406, 2, three + 1, 2, 160);
  EXPECT_EQ(judged(bank).status, Status::holds);

  Bank torn;
  const auto first = torn.enter(0, 100, 500);
  torn.reads(104, 0, first, 1, 100).reads(106, 0, first + 1, 2, 100).writes(190, 0, first, 1, 70);
  const auto second = torn.enter(1, 200, 300);
  torn.moves(210, 1, second, 70, 100, 50);
  torn.writes(400, 0, first + 1, 2, 130);
  const Verdict verdict = judged(torn);
  EXPECT_TRUE(is_witnessed(torn.record, verdict));
  EXPECT_THAT(verdict.explanation,
              HasSubstr("lock broken: client-2 read 170 in all under both locks at 0.212 s"));
  EXPECT_TRUE(verdict.claimed) << "nothing was done to the run";
  torn.fault("client-1", 191, 390, "client-1 paused for 199 ms");
  EXPECT_FALSE(judged(torn).claimed) << "RP0 promises nothing";
  torn.scenario.resource = ResourcePolicy::fence_all;
  torn.claims.ordered_token = true;
  EXPECT_TRUE(judged(torn).claimed);
}

TEST(Money, ATransferThatIsStillUnderWayAtTheEndIsNotJudged) {
  Bank bank;
  const auto one = bank.enter(0, 100, -1, BeliefEnd::run_ended);
  bank.reads(104, 0, one, 1, 100).reads(106, 0, one + 1, 2, 100).writes(110, 0, one, 1, 70);
  EXPECT_EQ(judged(bank).status, Status::holds);
}

TEST(Money, AnEntryInTheJournalCountsAsDone) {
  Bank bank("journal");
  const auto one = bank.enter(0, 100, 120, BeliefEnd::crashed);
  bank.reads(104, 0, one, 1, 100).reads(106, 0, one + 1, 2, 100);
  bank.writes(108, 0, one, 0, 70'000'130).writes(110, 0, one, 1, 70);
  EXPECT_EQ(judged(bank).status, Status::holds);
  bank.writes(130, 0, one, 0, 0);  // cleared too early: nobody will finish it
  const Verdict verdict = judged(bank);
  EXPECT_EQ(verdict.status, Status::violated);
  EXPECT_THAT(verdict.explanation, HasSubstr("lock broken"));
}

TEST(Money, ABalanceBelowNothingIsALockBroken) {
  Bank bank("atomic");
  const auto one = bank.enter(0, 100, 120);
  bank.reads(104, 0, one, 1, 100).reads(106, 0, one + 1, 2, 100);
  bank.writes(110, 0, one, 1, -20).writes(110, 0, one + 1, 2, 220);
  EXPECT_THAT(judged(bank).explanation, HasSubstr("account-1 fell to -20 at 0.110 s"));
}

TEST(Money, IsUnknownWithoutALogOfTheResource) {
  Bank bank;
  const auto one = bank.enter(0, 100, 200);
  bank.moves(110, 0, one, 100, 100, 30);
  bank.record.resource.clear();
  EXPECT_EQ(bank.judge("money-conserved").status, Status::unknown);
}

// Whatever whole transfers follow one another, and whichever of them are cut: the lock is never to
// blame, and the section is exactly when one was cut.
RC_GTEST_PROP(Money, SerialTransfersNeverBlameTheLock, ()) {
  Bank bank;
  std::int64_t balance[2] = {100, 100};
  bool cut_one = false;
  const int count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) {
    const std::int64_t at = 1'000 * (i + 1);
    const std::int64_t process = i;  // one that died never comes back under its number
    const bool cut = *rc::gen::inRange(0, 4) == 0;
    const auto amount = *rc::gen::inRange<std::int64_t>(1, 30);
    const auto section =
        bank.enter(process, at, at + 500, cut ? BeliefEnd::crashed : BeliefEnd::released);
    bank.reads(at + 10, process, section, 1, balance[0]);
    bank.reads(at + 12, process, section + 1, 2, balance[1]);
    balance[0] -= amount;
    bank.writes(at + 20, process, section, 1, balance[0]);
    cut_one |= cut;
    if (cut) continue;
    balance[1] += amount;
    bank.writes(at + 22, process, section + 1, 2, balance[1]);
  }
  RC_PRE(balance[0] > 0);
  const Verdict verdict = judged(bank);
  RC_ASSERT((verdict.status == Status::violated) == cut_one);
  RC_ASSERT(!cut_one || verdict.explanation.starts_with("non-atomic section"));
}

}  // namespace
}  // namespace lockstep
