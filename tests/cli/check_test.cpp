#include <chrono>
#include <thread>

#include "cli/follow.hpp"
#include "formats/history_proto.hpp"
#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;

class Check : public ScratchFolder {
 protected:
  static Ran check(const std::string& file, const std::string& model = "owner-mutex") {
    return lockstep_with({"check", "--model", model, file});
  }
};

TEST_F(Check, AHistoryThatHoldsExitsWith0) {
  const Ran ran = check(file("h.edn",
                             "[{:process 0 :type :invoke :f :acquire}\n"
                             " {:process 0 :type :ok :f :acquire}]"));
  EXPECT_EQ(ran.code, ExitCode::met);
  EXPECT_THAT(ran.out, testing::StartsWith("linearizable"));
  EXPECT_EQ(ran.err, "");
}

TEST_F(Check, TwoHoldersAreAViolationNamedWithTheirPlaces) {
  const Ran ran = check(file("h.edn",
                             "{:process 0 :type :invoke :f :acquire}\n"
                             "{:process 0 :type :ok :f :acquire}\n"
                             "{:process 7 :type :invoke :f :acquire}\n"
                             "{:process 7 :type :ok :f :acquire}\n"));
  EXPECT_EQ(ran.code, ExitCode::violation);
  EXPECT_THAT(ran.out, testing::StartsWith("not linearizable"));
  EXPECT_THAT(ran.out, HasSubstr("called at 3:1, returned at 4:1"));
}

TEST_F(Check, ASearchThatRunsOutOfStepsIsUndecided) {
  std::string history;
  for (int p = 0; p < 8; ++p) {
    history += "{:process " + std::to_string(p) + " :type :invoke :f :write :value 1}\n";
  }
  for (int p = 0; p < 8; ++p) {
    history += "{:process " + std::to_string(p) + " :type :ok :f :write :value 1}\n";
  }
  const Ran ran =
      lockstep_with({"check", "--model", "register", "--steps", "2", file("h.edn", history)});
  EXPECT_EQ(ran.code, ExitCode::undecided);
  EXPECT_THAT(ran.out, testing::StartsWith("undecided"));
}

TEST_F(Check, JsonHoldsTheConflict) {
  const Ran ran = lockstep_with({"check", "--json", "--model", "owner-mutex",
                                 file("h.edn",
                                      "{:process 0 :type :invoke :f :acquire}\n"
                                      "{:process 0 :type :ok :f :acquire}\n"
                                      "{:process 7 :type :invoke :f :acquire}\n"
                                      "{:process 7 :type :ok :f :acquire}\n")});
  EXPECT_EQ(ran.code, ExitCode::violation);
  EXPECT_THAT(ran.out, HasSubstr("\"status\": \"violated\""));
  EXPECT_THAT(ran.out, HasSubstr("\"return_at\": \"4:1\""));
}

TEST_F(Check, AnUnknownModelGetsTheNearestOne) {
  const Ran ran = check(file("h.edn", "[]"), "owner-mutx");
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_EQ(ran.err,
            "error: there is no model \"owner-mutx\"\n  --model owner-mutx\n"
            "  did you mean \"owner-mutex\"?\n");
}

TEST_F(Check, AReplyBeforeItsCallIsShownInItsLine) {
  const std::string name = file("h.edn",
                                "[{:process 0 :type :invoke :f :acquire}\n"
                                " {:process 1 :type :ok :f :acquire}]");
  const Ran ran = check(name);
  EXPECT_EQ(ran.code, ExitCode::bad_file);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err,
            "error: process 1 gets \"ok\" for acquire, but has no call that waits for a reply\n  " +
                name +
                ":2:2\n"
                "      2 |  {:process 1 :type :ok :f :acquire}]\n"
                "        |  ^\n"
                "  every ok, fail and info comes after the invoke of the same process that it "
                "answers\n");
}

TEST_F(Check, ATruncatedProtoIsRefusedAtItsByte) {
  const std::string bytes = write_history_proto({Op{.f = "acquire"}});
  const std::string name = file("h.pb", bytes.substr(0, bytes.size() - 1));
  const Ran ran = check(name);
  EXPECT_EQ(ran.code, ExitCode::bad_file);
  EXPECT_EQ(ran.err, "error: a record of 11 bytes begins here, but only 10 bytes follow\n  " +
                         name + ", byte 21\n  the file was cut short\n");
}

TEST_F(Check, AHundredMegabytesOfGarbageAreRefusedWithOneMessage) {
  const std::string zeros = file("zeros", "\x01");
  std::filesystem::resize_file(zeros, 100'000'000);
  std::string noise(100'000'000, '\0');
  std::uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  for (const std::string& name : {zeros, file("noise", noise), file("brackets", "[" + noise),
                                  file("open", std::string(100'000'000, '[')),
                                  file("json", "{\"" + std::string(100'000'000, 'a')),
                                  file("numbers", "[" + std::string(100'000'000, '1'))}) {
    const Ran ran = check(name);
    EXPECT_EQ(ran.code, ExitCode::bad_file) << name;
    EXPECT_THAT(ran.err, testing::StartsWith("error: ")) << name;
    EXPECT_THAT(ran.err, HasSubstr(name + ":1:")) << name;
    EXPECT_LT(ran.err.size(), 600u) << name;
  }
}

TEST_F(Check, AMissingFileIsNamed) {
  const Ran ran = check(path("absent.edn"));
  EXPECT_EQ(ran.code, ExitCode::bad_file);
  EXPECT_EQ(ran.err, "error: there is no such file\n  " + path("absent.edn") + "\n");
}

TEST_F(Check, AnOperationThatTheModelDoesNotKnowIsPlaced) {
  const std::string name = file("h.edn",
                                "{:process 0 :type :invoke :f :dance}\n"
                                "{:process 0 :type :ok :f :dance}\n");
  const Ran ran = check(name);
  EXPECT_EQ(ran.code, ExitCode::bad_file);
  EXPECT_THAT(ran.err, HasSubstr(name + ":2:1"));
}

TEST_F(Check, TheLockRecordedFromEtcdIsNotExclusive) {
  const std::filesystem::path recorded =
      std::filesystem::path(LOCKSTEP_SHARED_DIR) / "histories/knossos/mutex/bad/etcd.edn";
  if (!std::filesystem::exists(recorded)) GTEST_SKIP() << "absent: " << recorded;
  const Ran ran = check(recorded.string());
  EXPECT_EQ(ran.code, ExitCode::violation);
  EXPECT_THAT(ran.out, testing::StartsWith("not linearizable"));
  EXPECT_THAT(ran.out, HasSubstr("process 3, process 0 and process 1 hold the lock at once"));
}

TEST_F(Check, ASemaphoreIsAskedForItsPermits) {
  const std::string name = file("h.edn",
                                "{:process 0 :type :invoke :f :acquire}\n"
                                "{:process 0 :type :ok :f :acquire}\n"
                                "{:process 1 :type :invoke :f :acquire}\n"
                                "{:process 1 :type :ok :f :acquire}\n");
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"check", "--model", "semaphore", name});
    return lockstep_with(more);
  };
  EXPECT_EQ(with({"--permits", "2"}).code, ExitCode::met);
  EXPECT_EQ(with({"--permits", "1"}).code, ExitCode::violation);
  EXPECT_EQ(with({}).code, ExitCode::usage);
  EXPECT_THAT(with({}).err, HasSubstr("how many permits"));
}

TEST_F(Check, ALeaseMayBeGivenByTheCaller) {
  const std::string name = file("h.edn",
                                "{:process 0 :type :invoke :f :acquire :time 0}\n"
                                "{:process 0 :type :ok :f :acquire :time 1}\n"
                                "{:process 1 :type :invoke :f :acquire :time 2000000000}\n"
                                "{:process 1 :type :ok :f :acquire :time 2000000001}\n");
  const auto with = [&](const std::string& lease) {
    return lockstep_with({"check", "--model", "lease", "--lease", lease, name}).code;
  };
  EXPECT_EQ(with("1s"), ExitCode::met);
  EXPECT_EQ(with("3s"), ExitCode::violation);
  EXPECT_EQ(with("soon"), ExitCode::usage);
}

TEST_F(Check, AWitnessIsShownOnRequest) {
  const std::string name = file("h.edn",
                                "{:process 0 :type :invoke :f :acquire}\n"
                                "{:process 1 :type :invoke :f :acquire}\n"
                                "{:process 1 :type :ok :f :acquire}\n"
                                "{:process 1 :type :invoke :f :release}\n"
                                "{:process 0 :type :ok :f :acquire}\n"
                                "{:process 1 :type :ok :f :release}\n");
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"check", "--model", "owner-mutex", name});
    return lockstep_with(more);
  };
  EXPECT_THAT(with({}).out, testing::Not(HasSubstr("in this order")));
  const std::string out = with({"--witness"}).out;
  EXPECT_LT(out.find("process 1    release"), out.find("process 0    acquire"));
  EXPECT_THAT(with({"--witness", "--json"}).out, HasSubstr("\"order\""));
}

TEST_F(Check, ALogIsRead) {
  const std::string log =
      "INFO  jepsen.util - 0\t:invoke\t:write\t1\n"
      "INFO  jepsen.util - 0\t:ok\t:write\t1\n"
      "INFO  jepsen.util - 1\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 1\t:ok\t:read\t2\n";
  const Ran ran = check(file("h.log", log), "cas-register");
  EXPECT_EQ(ran.code, ExitCode::violation);
  EXPECT_THAT(ran.out, HasSubstr("Jepsen's log"));
}

TEST_F(Check, ACircleOfTwoHoldsIsToldStepByStep) {
  const std::string name = file("h.edn",
                                "{:process 0 :type :invoke :f :acquire}\n"
                                "{:process 0 :type :ok :f :acquire}\n"
                                "{:process 7 :type :invoke :f :acquire}\n"
                                "{:process 7 :type :ok :f :acquire}\n"
                                "{:process 0 :type :invoke :f :release}\n");
  EXPECT_THAT(check(name).out, HasSubstr("each must come before the next"));
  const Ran json = lockstep_with({"check", "--json", "--model", "owner-mutex", name});
  EXPECT_THAT(json.out, HasSubstr("\"order\": \"hold\""));
  EXPECT_THAT(json.out, HasSubstr("\"order\": \"real-time\""));
}

TEST_F(Check, WorkersDoNotChangeWhatIsSaid) {
  std::string history;
  for (int key = 0; key < 40; ++key) {
    for (const char* type : {"invoke", "ok"}) {
      history += "{\"process\":" + std::to_string(key) + ",\"type\":\"" + type +
                 "\",\"f\":\"read\",\"key\":\"k" + std::to_string(key) +
                 "\",\"value\":" + (key == 33 ? "3" : "null") + "}\n";
    }
  }
  const std::string name = file("h.jsonl", history);
  const auto with = [&](const char* workers) {
    return lockstep_with({"check", "--model", "register", "-j", workers, name});
  };
  EXPECT_EQ(with("1").code, ExitCode::violation);
  EXPECT_EQ(with("1").out, with("4").out);
}

const std::string two_holders =
    "{\"process\":0,\"type\":\"invoke\",\"f\":\"acquire\"}\n"
    "{\"process\":0,\"type\":\"ok\",\"f\":\"acquire\"}\n"
    "{\"process\":7,\"type\":\"invoke\",\"f\":\"acquire\"}\n"
    "{\"process\":7,\"type\":\"ok\",\"f\":\"acquire\"}\n";

TEST_F(Check, FollowingStopsAtTheFirstViolationAndReadsNothingBehindIt) {
  const std::string later = "{\"process\":0,\"type\":\"invoke\",\"f\":\"release\"}\n";
  const Ran ran = lockstep_with({"check", "--follow", "--model", "owner-mutex",
                                 file("h.jsonl", two_holders + later + later.substr(0, 9))});
  EXPECT_EQ(ran.code, ExitCode::violation);
  EXPECT_THAT(ran.out, HasSubstr("4 events"));
}

TEST_F(Check, FollowingSeesWhatIsWrittenLater) {
  const std::string name = file("h.jsonl", two_holders.substr(0, 100));
  std::jthread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    std::ofstream(name, std::ios::app) << two_holders.substr(100);
  });
  const Ran ran = lockstep_with({"check", "--follow", "--model", "owner-mutex", name});
  EXPECT_EQ(ran.code, ExitCode::violation);
}

TEST_F(Check, FollowingEndsWithAQuietFile) {
  const Ran ran = lockstep_with({"check", "--follow", "--quiet-for", "50ms", "--model",
                                 "owner-mutex", file("h.jsonl", two_holders.substr(0, 100))});
  EXPECT_EQ(ran.code, ExitCode::met);
}

TEST_F(Check, FollowingReadsEdnAndCsvAsTheyGrow) {
  const std::string edn =
      "[{:process 0 :type :invoke :f :acquire}\n {:process 0 :type :ok :f :acquire}\n"
      " {:process 7 :type :invoke :f :acquire}\n {:process 7 :type :ok :f :acquire}\n";
  const std::string csv =
      "process,type,f\n0,invoke,acquire\n0,ok,acquire\n7,invoke,acquire\n7,ok,acquire\n";
  for (const auto& [name, text] : {std::pair("h.edn", edn), std::pair("h.csv", csv)}) {
    const Ran ran = lockstep_with(
        {"check", "--follow", "--model", "owner-mutex", file(name, text + "never, read")});
    EXPECT_EQ(ran.code, ExitCode::violation) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("4 events"));
  }
}

TEST_F(Check, FollowingTellsTheViolationBeforeALineThatIsWrong) {
  const Ran ran = lockstep_with({"check", "--follow", "--model", "owner-mutex",
                                 file("h.jsonl", two_holders + "no operation\n")});
  EXPECT_EQ(ran.code, ExitCode::violation);
  const std::size_t half = two_holders.find("{\"process\":7");
  const Ran wrong = lockstep_with({"check", "--follow", "--model", "owner-mutex",
                                   file("w.jsonl", two_holders.substr(0, half) + "none\n")});
  EXPECT_EQ(wrong.code, ExitCode::bad_file);
  EXPECT_THAT(wrong.err, HasSubstr("w.jsonl:3"));
}

TEST(JudgingPace, CostsNoMoreThanAFewJudgementsOfTheWhole) {
  // Judging takes a microsecond an event; events come ten times as fast, and later one a second.
  std::uint64_t judged = 0;
  JudgingPace pace;
  std::chrono::nanoseconds since{};
  for (std::size_t events = 1; events <= 1'000'000; ++events) {
    since += 100ns;
    if (!pace.due(events, since)) continue;
    judged += events;
    pace = {.events = events, .took = events * 1us};
    since = {};
  }
  EXPECT_LT(judged, 3'000'000u);
  EXPECT_FALSE(pace.due(pace.events + 1, 1s));
  EXPECT_TRUE(pace.due(pace.events + 1, 10s)) << "it is not waited for a million more";
}

TEST_F(Check, FollowingWaitsForWhatAFailedOperationMightHaveDone) {
  // Until the release of 0 is known to have failed, it may have let 7 in.
  const std::string name =
      file("h.jsonl", two_holders.substr(0, two_holders.find("{\"process\":7")) +
                          "{\"process\":0,\"type\":\"invoke\",\"f\":\"release\"}\n" +
                          two_holders.substr(two_holders.find("{\"process\":7")) +
                          "{\"process\":0,\"type\":\"fail\",\"f\":\"release\"}\n");
  const Ran ran = lockstep_with({"check", "--follow", "--model", "owner-mutex", name});
  EXPECT_EQ(ran.code, ExitCode::violation);
  EXPECT_THAT(ran.out, HasSubstr("6 events"));
}

}  // namespace
}  // namespace lockstep
