#pragma once
// What was asked for on the command line, verb by verb, as typed and not yet checked.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/terminal.hpp"

namespace lockstep {

/// How run and sweep say what to run.
struct ScenarioRequest {
  std::string lock;       // its name, or a scenario file
  std::string instead{};  // the name of a lock to put in place of the file's; empty: keep that
  std::optional<std::string> workload;
  std::optional<std::string> resource;
  std::vector<std::string> faults;
  std::optional<std::string> clients;
  std::optional<std::string> duration;
  std::optional<std::string> seed;
  std::vector<std::string> settings;  // "lease=10s"
  std::optional<std::string> fault_every;
  bool swarm = false;
  std::uint64_t max_events = 0;        // after which a run gives up; 0: as Bounds says
  std::uint64_t max_cpu = 20;          // seconds of processor time of a run that needs a plug-in
  std::uint64_t max_wait = 120;        // seconds of true time of such a run
  std::uint64_t max_memory = 2048;     // MiB of such a run
  std::vector<std::string> plugins{};  // those of the command line
};

/// Where a finished run goes; empty: nowhere.
using OutputFolder = std::string;

struct DemoRequest {
  OutputFolder output = "out/demo";
};
struct ListRequest {
  std::string what;  // empty: everything
  bool verbose = false;
};
struct RunRequest {
  ScenarioRequest scenario;
  std::string expect = "safe";
  std::vector<std::string> exports;  // "perfetto=run.json"
  OutputFolder output;
};
struct SweepRequest {
  ScenarioRequest scenario;
  std::optional<std::uint64_t> runs;  // 1000; with a budget, as many as fit
  std::uint64_t workers = 0;
  bool stop_at_first = false;
  std::string strategy = "swarm";       // "exhaustive" leads to ExhaustRequest
  std::optional<std::uint64_t> placed;  // with that: how many faults at most; 1
  std::string expect = "safe";
  bool shrink = true;                 // what is kept
  std::string campaign;               // the file that keeps each run; empty: none
  bool resume = false;                // go on with such a file
  std::string shard;                  // "2/4"; empty: as the environment says
  std::optional<std::string> budget;  // how long, in real time
  std::string junit;                  // a file for JUnit's XML; empty: none
  std::vector<std::string> exports;   // "perfetto=run.json"
  OutputFolder output;
};
struct CiRequest {
  std::string file = "lockstep.json";
  std::optional<std::string> budget;
  std::string junit;
  std::vector<std::string> exports;
  bool fail_fast = false;
  bool json = false;
};
struct MergeRequest {
  std::string out;
  std::vector<std::string> files;
};
struct CampaignRequest {
  std::string file;
  bool shrink = false;  // each failure that is not shrunk yet, first
  OutputFolder output;
};
struct ShrinkRequest {
  std::string run;       // a saved scenario's name, a folder or a file
  std::string property;  // empty: of the first violation
  OutputFolder output;
};
struct CompareRequest {
  ScenarioRequest scenario;  // without its lock: what both have in common
  std::string a;             // "redlock:lease=3s,resource=RP2"
  std::string b;
  std::uint64_t runs = 1000;
  std::uint64_t workers = 0;
};
struct VersusRequest {
  std::string file;          // a scenario file or a saved scenario; empty: none
  ScenarioRequest scenario;  // without its lock
  std::string a;             // as in CompareRequest
  std::string b;
  OutputFolder output;
};
struct OpenRequest {
  std::string folder;
  bool browser = true;     // start one
  std::uint64_t port = 0;  // 0: any that is free
};
struct OddsRequest {
  std::string run;
  std::string property;  // empty: the first violated
  std::uint64_t futures = 60;
  std::uint64_t workers = 0;
  OutputFolder output;
};
struct EnvelopeRequest {
  ScenarioRequest scenario;
  std::string x;
  std::string y;
  std::string property = "belief-exclusion";
  std::uint64_t seeds = 20;
  std::uint64_t columns = 16;
  OutputFolder output;
};
struct MatrixRequest {
  std::vector<std::string> locks;   // empty: all
  std::vector<std::string> faults;  // codes of fault classes; empty: all
  std::uint64_t runs = 40;          // that a fault meets, in which a quiet cell must stay quiet
  bool quiet_only = false;          // no cells that expect a violation
  std::uint64_t workers = 0;
  OutputFolder output;
};
struct ExhaustRequest {
  ScenarioRequest scenario;  // its faults are not used
  std::uint64_t faults = 1;
  std::vector<std::string> kinds;       // empty: all
  std::vector<std::string> properties;  // empty: what must hold whatever strikes
  std::uint64_t workers = 0;
  std::string expect = "safe";
  OutputFolder output;
};
struct ScoreboardRequest {
  std::vector<std::string> locks;       // or saved scenarios; empty: all
  std::vector<std::string> strategies;  // empty: all
  std::uint64_t repetitions = 20;
  std::uint64_t runs = 20'000;  // after which a search gives up,
  std::uint64_t cpu = 10;       // or after so many seconds of processor time
  std::string of = "all";       // "locks" or "scenarios" alone
  std::uint64_t workers = 0;
  bool cells = false;      // one bug per cell of the matrix, not per lock
  bool all_kinds = false;  // searches are not told which kinds of faults break the bug
  OutputFolder output;
};
struct ReplayRequest {
  std::string run;
};
struct CheckRequest {
  std::string file;
  std::string model;
  std::vector<std::string> exports;
  bool keyed = false;
  std::optional<std::string> key;  // judge the operations on this one alone
  std::optional<std::uint64_t> steps;
  std::optional<std::uint64_t> permits;  // of a semaphore, or of one owner of a reentrant lock
  std::optional<std::string> lease;      // how long a grant lasts that does not say so itself
  bool witness = false;                  // show a linearization
  bool follow = false;                   // read on while the file is being written
  std::optional<std::string> quiet;      // and end once nothing was written for so long
  unsigned workers = 0;                  // 0: one per core
};
struct ExplainRequest {
  std::string run;
  std::vector<std::string> exports;  // "perfetto=run.json"
  OutputFolder output;
};
struct NewRequest {
  std::string what;  // lock, workload, fault or model
  std::string name;
  std::string on = "redis";
  OutputFolder output;  // empty: as its name
};
struct ManualRequest {
  std::string form = "man";  // man, bash, zsh or fish
};
struct LessonRequest {
  std::string name;  // empty: list them
  bool markdown = false;
  OutputFolder output;
};
struct DoctorRequest {};
struct VersionRequest {};

struct Request {
  std::variant<DemoRequest, ListRequest, RunRequest, SweepRequest, CiRequest, MergeRequest,
               CampaignRequest, MatrixRequest, ExhaustRequest, ScoreboardRequest, ShrinkRequest,
               CompareRequest, VersusRequest, OpenRequest, OddsRequest, EnvelopeRequest,
               ReplayRequest, CheckRequest, ExplainRequest, NewRequest, ManualRequest,
               LessonRequest, DoctorRequest, VersionRequest>
      verb{};
  std::vector<std::string> plugins{};
  bool json = false;
  bool quiet = false;
  Colours colours = Colours::automatic;
};

}  // namespace lockstep
