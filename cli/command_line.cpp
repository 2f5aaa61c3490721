// The one file, with what it includes, that knows CLI11, which is slow to compile.
#include "cli/command_line.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>

#include "cli/command_options.hpp"
#include "cli/export_option.hpp"

namespace lockstep {
namespace {

constexpr const char* exit_codes =
    "\nExit codes: 0 every check met its expectation, 1 violation, 2 undecided, 3 replay "
    "diverged,\n64 wrong usage, 65 bad file, 70 internal error, 130 interrupted (results kept).";

constexpr const char* examples =
    "\nTry:\n"
    "  lockstep demo\n"
    "  lockstep run redis-setpx --workload counter --resource RP0 --faults gc-pause --seed 42\n"
    "  lockstep sweep redis-setpx --workload counter --faults gc-pause --runs 1000\n"
    "  lockstep check --model owner-mutex history.edn\n";

/// The verbs, each with its flags, writing into one Request.
class Grammar {
 public:
  Grammar() : app_("Tells whether a distributed lock really excludes.", "lockstep") {
    app_.require_subcommand(1);
    app_.footer(std::string(examples) + exit_codes);
    add_demo();
    add_list();
    add_run();
    add_sweep();
    add_ci();
    add_merge();
    add_campaign();
    add_shrink();
    add_compare();
    add_versus();
    add_open();
    add_odds();
    add_envelope();
    add_matrix();
    add_exhaust();
    add_scoreboard();
    add_replay();
    add_check();
    add_explain();
    add_new();
    add_manual();
    add_lesson();
    add<DoctorRequest>("doctor", "what works here, one line per capability", doctor_);
    add<VersionRequest>("version", "which lockstep this is", version_);
  }
  Grammar(const Grammar&) = delete;
  Grammar& operator=(const Grammar&) = delete;

  std::vector<VerbEntry> table() const {
    std::vector<VerbEntry> verbs;
    for (const CLI::App* sub : app_.get_subcommands([](const CLI::App*) { return true; })) {
      VerbEntry verb{sub->get_name(), sub->get_description(), {}};
      for (const CLI::Option* option : sub->get_options()) {
        OptionEntry entry;
        for (const std::string& name : option->get_lnames()) entry.names.push_back("--" + name);
        for (const std::string& name : option->get_snames()) entry.names.push_back("-" + name);
        const bool flag = option->get_items_expected_max() == 0;
        if (!flag) entry.word = entry.names.empty() ? option->get_name() : option->get_type_name();
        entry.meaning = option->get_description();
        verb.options.push_back(std::move(entry));
      }
      verbs.push_back(std::move(verb));
    }
    return verbs;
  }

  Checked<std::variant<Request, HelpPage>> read(std::vector<std::string> args) {
    if (args.empty()) return HelpPage{app_.help()};
    if (std::optional<Complaint> wrong = unknown_verb(args.front())) return complain(*wrong);
    std::reverse(args.begin(), args.end());  // CLI11 takes them from the back
    try {
      app_.parse(args);
    } catch (const CLI::CallForHelp&) {
      const bool whole = &chosen() == &app_;
      return HelpPage{whole ? app_.help() : chosen().help(app_.get_name())};
    } catch (const CLI::ParseError& error) {
      // What is lacking may be what was mistyped.
      if (!app_.remaining(true).empty()) return complain(unknown_word());
      return wrong_usage(error.what(), {}, see_help());
    }
    return finished();
  }

 private:
  CLI::App& verb(const std::string& name, const std::string& summary) {
    CLI::App* sub = app_.add_subcommand(name, summary);
    sub->add_option("--plugin", request_.plugins,
                    "a shared library with locks, workloads, faults or models of your own; may be "
                    "given again (LOCKSTEP_PLUGIN)")
        ->type_name("FILE")
        ->allow_extra_args(false);
    sub->add_flag("--json", request_.json, "print the result as JSON");
    sub->add_flag("-q,--quiet", request_.quiet, "no progress and no hints");
    sub->add_option("--color", colour_, "auto, always or never; NO_COLOR is respected")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    return *sub;
  }

  template <class Wanted>
  CLI::App& add(const std::string& name, const std::string& summary, Wanted& wanted) {
    CLI::App& sub = verb(name, summary);
    sub.callback([this, &wanted] { request_.verb = wanted; });
    return sub;
  }

  void add_demo() {
    CLI::App& sub = add("demo", "a lock breaks under a pause; fencing makes it harmless", demo_);
    add_output(sub, demo_.output, "where the two runs go (out/demo)");
  }
  void add_list() {
    CLI::App& sub = add("list", "what there is: locks, workloads, faults, ...", list_);
    sub.add_option("WHAT", list_.what,
                   "locks, scenarios, workloads, faults, resources, properties, models, strategies "
                   "or reports");
    sub.add_flag("-v,--verbose", list_.verbose,
                 "what each lock claims, where it is from, its parameters and steps");
  }
  void add_run() {
    CLI::App& sub = add("run", "run one scenario and judge it", run_);
    add_scenario(sub, run_.scenario);
    sub.add_flag("--swarm", run_.scenario.swarm,
                 "draw as a sweep does: a subset of the faults, other latencies");
    add_expect(sub, run_.expect);
    add_exports(sub, run_.exports);
    add_output(sub, run_.output, "a new folder for scenario, outcome, history and timeline");
  }
  void add_sweep() {
    CLI::App& sub = add("sweep", "run many seeds on all cores, each with its own faults", sweep_);
    add_scenario(sub, sweep_.scenario);
    sub.add_option("-n,--runs", sweep_.runs, "how many seeds (1000)")->check(counts_to(most_runs));
    sub.add_option("-j,--workers", sweep_.workers, "how many threads (one per core)")
        ->check(counts_to(most_workers));
    sub.add_flag("--shrink,!--no-shrink", sweep_.shrink,
                 "keep the violation as small as it can be made (the default), or as it was found");
    sub.add_flag("--stop-at-first,--fail-fast", sweep_.stop_at_first, "end at the first violation");
    sub.add_option("--budget", sweep_.budget, "end after so much real time: 60s")->take_last();
    sub.add_option("--campaign", sweep_.campaign,
                   "keep every run in this SQLite file; {shard} in its name is replaced")
        ->type_name("FILE")
        ->check(named("file"));
    add_junit(sub, sweep_.junit);
    sub.add_flag("--resume", sweep_.resume, "go on with the campaign where it ended");
    sub.add_option("--shard", sweep_.shard,
                   "which part of the seeds: 2/4; without it, as the environment of Slurm, MPI, "
                   "AWS Batch or a CI says; */4 with Kubernetes")
        ->type_name("I/N");
    sub.add_option("--strategy", sweep_.strategy,
                   "how to search: swarm, or another one of lockstep list strategies");
    sub.add_option("--placed", sweep_.placed,
                   "with --strategy exhaustive: how many faults at most (1)")
        ->check(counts_to(8));
    add_expect(sub, sweep_.expect);
    add_exports(sub, sweep_.exports);
    add_output(sub, sweep_.output,
               "a new folder for the violation with the lowest seed, and the page of all");
  }
  void add_ci() {
    CLI::App& sub =
        add("ci", "the checks of lockstep.json: what failed before, then new seeds", ci_);
    sub.add_option("FILE", ci_.file, "lockstep.json, or another file of its form");
    sub.add_option("--budget", ci_.budget, "how long, in real time, in all: 60s")->take_last();
    sub.add_flag("--fail-fast", ci_.fail_fast, "end at the first check that is not met");
    add_junit(sub, ci_.junit);
    add_exports(sub, ci_.exports);
  }
  void add_merge() {
    CLI::App& sub = add("merge", "join the files of a campaign's shards", merge_);
    sub.add_option("OUT", merge_.out, "the file to be made, or to be added to")
        ->required()
        ->check(named("file"));
    sub.add_option("FILE", merge_.files, "files that sweep --campaign made")->required();
  }
  void add_campaign() {
    CLI::App& sub = add("campaign", "what a campaign's file holds: counts, failures", campaign_);
    sub.add_option("FILE", campaign_.file, "a file that sweep --campaign or merge made")
        ->required();
    sub.add_flag("--shrink", campaign_.shrink,
                 "first make each failure as small as it can be, and keep that in FILE");
    add_output(sub, campaign_.output,
               "a new folder for its page and the smallest run of each failure");
  }
  void add_shrink() {
    CLI::App& sub = add("shrink", "make a violating run as small as it can be", shrink_);
    sub.add_option("RUN", shrink_.run, "a saved scenario, a folder that run -o made, or a file")
        ->required();
    sub.add_option("-p,--property", shrink_.property,
                   "that must stay violated; by default the first that was");
    add_output(sub, shrink_.output, "a new folder for the smallest run");
  }
  void add_compare() {
    CLI::App& sub = add("compare", "two configurations on the same seeds", compare_);
    sub.add_option("A", compare_.a, "a lock, with settings of its own: redlock:lease=3s")
        ->required();
    sub.add_option("B", compare_.b, "the other: redlock:lease=30s,resource=RP2")->required();
    add_circumstances(sub, compare_.scenario);
    sub.add_option("-n,--runs", compare_.runs, "how many seeds (1000)")
        ->check(counts_to(most_runs / 1000));
    sub.add_option("-j,--workers", compare_.workers, "how many threads (one per core)")
        ->check(counts_to(most_workers));
  }
  void add_versus() {
    CLI::App& sub = add("versus", "two locks in the same universe, side by side", versus_);
    sub.add_option("A", versus_.a, "a lock, with settings of its own: redlock:lease=3s")
        ->required();
    sub.add_option("B", versus_.b, "the other: redis-fence:lease=30s,resource=RP2")->required();
    sub.add_option("--scenario", versus_.file,
                   "a saved scenario or a file: its faults, its clients, its seed; not its lock");
    add_circumstances(sub, versus_.scenario);
    add_output(sub, versus_.output, "a new folder for versus.html, with both timelines, and JSON");
  }
  void add_open() {
    CLI::App& sub = add("open", "show an output folder in a browser, from this machine", open_);
    sub.add_option("DIR", open_.folder, "a folder that -o made")->required();
    sub.add_flag("--browser,!--no-browser", open_.browser,
                 "start one (the default), or only say where");
    sub.add_option("--port", open_.port, "on 127.0.0.1; any that is free, if not given")
        ->check(counts_to(65'535));
  }
  void add_odds() {
    CLI::App& sub =
        add("odds", "when a violation became inevitable: other futures of a run", odds_);
    sub.add_option("RUN", odds_.run, "a saved scenario, a folder that run -o made, or a file")
        ->required();
    sub.add_option("-p,--property", odds_.property, "by default the first that was violated");
    sub.add_option("--futures", odds_.futures, "how many of each instant (60)")
        ->check(counts_to(1'000'000));
    sub.add_option("-j,--workers", odds_.workers, "how many threads (one per core)")
        ->check(counts_to(most_workers));
    add_output(sub, odds_.output,
               "a new folder for the chart, JSON, the scenario and its timeline");
  }
  void add_envelope() {
    CLI::App& sub = add("envelope", "how much of two troubles at once a lock takes", envelope_);
    add_scenario(sub, envelope_.scenario, Drawn::nothing);  // what goes wrong is on its axes
    sub.add_option("--x", envelope_.x, "a fault or a setting, and its range: pause=0..20s")
        ->required();
    sub.add_option("--y", envelope_.y, "the other: drift=0..10%")->required();
    sub.add_option("-p,--property", envelope_.property, "that is to hold (belief-exclusion)");
    sub.add_option("--seeds", envelope_.seeds, "how many of each point (20)")
        ->check(counts_to(1'000'000));
    sub.add_option("--columns", envelope_.columns, "how many values of x (16)")
        ->check(counts_to(1000));
    add_output(sub, envelope_.output, "a new folder for picture, JSON and a scenario on each side");
  }
  void add_matrix() {
    CLI::App& sub =
        add("matrix", "locks by fault classes: what is known against what is measured", matrix_);
    add_names(sub, "-l,--locks", matrix_.locks, "rows, by commas; all when not given");
    add_names(sub, "-f,--faults", matrix_.faults, "columns, by commas: W,G,C; all when not given");
    sub.add_option("-n,--runs", matrix_.runs,
                   "runs met by the fault in which a quiet cell must stay quiet (40)")
        ->check(counts_to(most_runs));
    sub.add_flag("--quiet-only", matrix_.quiet_only,
                 "only the cells in which nothing may be violated: the correct locks");
    sub.add_option("-j,--workers", matrix_.workers, "how many threads (one per core)")
        ->check(counts_to(most_workers));
    add_output(sub, matrix_.output, "a new folder for index.html and what it links to");
  }
  void add_exhaust() {
    CLI::App& sub =
        add("exhaust", "place up to k faults in every possible way in a small scenario", exhaust_);
    ScenarioRequest& scenario = exhaust_.scenario;
    sub.add_option("LOCK", scenario.lock, "a lock, a saved scenario or a scenario file")
        ->required();
    sub.add_option("-f,--faults", exhaust_.faults, "how many at most, k (1)")->check(counts_to(8));
    add_names(sub, "--kinds", exhaust_.kinds, "by commas: clock,late,lost,crash,pause (all)");
    add_names(sub, "--property", exhaust_.properties,
              "what no run may violate, by commas (effects and progress)");
    sub.add_option("-w,--workload", scenario.workload, "what clients do")->take_last();
    sub.add_option("-r,--resource", scenario.resource, "what the resource checks: RP0 to RP4")
        ->take_last();
    sub.add_option("-c,--clients", scenario.clients, "how many clients (2)")->take_last();
    sub.add_option("-d,--duration", scenario.duration, "when clients stop at the latest")
        ->take_last();
    sub.add_option("-s,--seed", scenario.seed, "of the one schedule in which faults are placed")
        ->take_last();
    sub.add_option("--set", scenario.settings, "a parameter, as operations=2; may be given again")
        ->type_name("NAME=VALUE");
    sub.add_option("-j,--workers", exhaust_.workers, "how many threads (one per core)")
        ->check(counts_to(most_workers));
    add_expect(sub, exhaust_.expect);
    add_output(sub, exhaust_.output, "a new folder for the result and the violating run");
  }
  void add_scoreboard() {
    CLI::App& sub =
        add("scoreboard", "what each strategy needs to find each known bug", scoreboard_);
    add_names(sub, "-l,--locks", scoreboard_.locks,
              "locks and saved scenarios, by commas; all known bugs when not given");
    add_names(sub, "--strategy", scoreboard_.strategies, "by commas; all when not given");
    sub.add_option("--repetitions", scoreboard_.repetitions,
                   "searches per bug and strategy, each from its own seed (20)")
        ->check(counts_to(most_runs));
    sub.add_option("-n,--runs", scoreboard_.runs, "runs after which a search gives up (20000)")
        ->check(counts_to(most_runs));
    sub.add_option("--cpu", scoreboard_.cpu, "seconds of CPU time after which it does (10)")
        ->check(counts_to(3600));
    sub.add_option("--of", scoreboard_.of, "locks, scenarios or all")
        ->check(CLI::IsMember({"locks", "scenarios", "all"}));
    sub.add_flag("--all-kinds", scoreboard_.all_kinds,
                 "every kind of fault may strike, not those alone that are known to break the bug");
    sub.add_flag("--cells", scoreboard_.cells,
                 "each lock under each fault class that breaks it, not each lock once");
    sub.add_option("-j,--workers", scoreboard_.workers, "how many threads (one per core)")
        ->check(counts_to(most_workers));
    add_output(sub, scoreboard_.output, "a new folder for scoreboard.md and scoreboard.json");
  }
  void add_replay() {
    CLI::App& sub = add("replay", "run a saved run again and compare step by step", replay_);
    sub.add_option("RUN", replay_.run, "a folder that run -o made, or a scenario file in one")
        ->required();
  }
  void add_check() {
    CLI::App& sub = add("check", "judge a recorded history, whatever recorded it", check_);
    sub.add_option("FILE", check_.file, "JSON Lines, Jepsen's EDN or log, CSV or Protocol Buffers")
        ->required();
    sub.add_option("-m,--model", check_.model, "what it should be (lockstep list models)")
        ->required();
    sub.add_flag("--keyed", check_.keyed, "values are [key value], as jepsen.independent has it");
    sub.add_option("--key", check_.key, "judge only this lock or register of the history");
    sub.add_option("--permits", check_.permits,
                   "semaphore: how many permits there are; reentrant locks: how often one owner "
                   "may hold at once (2; 0: no limit)")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1'000'000}));
    sub.add_option("--lease", check_.lease, "lease: how long a grant lasts (10s)");
    add_exports(sub, check_.exports);
    sub.add_flag("--witness", check_.witness, "show a linearization, where there is one");
    sub.add_flag("--follow", check_.follow,
                 "judge JSON Lines, EDN, CSV or a log while it is written, up to the first "
                 "violation; FILE may be - for standard input");
    sub.add_option("--quiet-for", check_.quiet,
                   "with --follow: a file ends when nothing was written for so long (5s)");
    sub.add_option("-j,--workers", check_.workers, "how many keys at once (one per core)")
        ->check(counts_to(most_workers));
    sub.add_option("--steps", check_.steps, "give up, undecided, after so many steps of the search")
        ->check(counts_to(most_runs));
  }
  void add_explain() {
    CLI::App& sub = add("explain", "run a saved run again and tell its story", explain_);
    sub.add_option("RUN", explain_.run, "a folder that run -o made, or a scenario file")
        ->required();
    add_exports(sub, explain_.exports);
    add_output(sub, explain_.output, "a new folder for the run with its timeline");
  }

  void add_manual() {
    CLI::App& sub = add("manual", "the manual page, or what a shell completes by", manual_);
    sub.add_option("FORM", manual_.form, "man, bash, zsh or fish")
        ->check(CLI::IsMember({"man", "bash", "zsh", "fish"}));
  }

  void add_new() {
    CLI::App& sub = add("new", "write a small project with a lock of your own", new_);
    sub.add_option("WHAT", new_.what, "lock, workload, fault or model")->required();
    sub.add_option("NAME", new_.name, "its name, such as my-lock")->required();
    sub.add_option("--on", new_.on,
                   "what the lock stands on: redis, zookeeper, etcd, sql, raft or own-server");
    add_output(sub, new_.output, "the folder; without it, one of that name");
  }
  void add_lesson() {
    CLI::App& sub = add("lesson", "famous bugs of locks, one by one: run, shown, fixed", lesson_);
    sub.add_option("NAME", lesson_.name, "which; without it, all are listed");
    sub.add_flag("--markdown", lesson_.markdown, "print its page, as in docs/lessons");
    add_output(sub, lesson_.output, "where its two runs go (out/lesson/NAME)");
  }

  std::vector<std::string> verb_names() const {
    std::vector<std::string> names;
    for (const CLI::App* sub : app_.get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(sub->get_name());
    }
    return names;
  }

  std::optional<Complaint> unknown_verb(const std::string& word) const {
    const std::vector<std::string> known = verb_names();
    if (word.starts_with("-") || std::find(known.begin(), known.end(), word) != known.end()) {
      return std::nullopt;
    }
    const std::string near = did_you_mean(word, known);
    return Complaint{ExitCode::usage,
                     fmt::format("there is no verb \"{}\"", word),
                     {},
                     {},
                     near.empty() ? see_help() : near};
  }

  const CLI::App& chosen() const {
    const auto subs = app_.get_subcommands();
    return subs.empty() ? app_ : *subs.front();
  }

  /// CLI11 has kept what it could not place.
  Complaint unknown_word() const {
    const std::string word = app_.remaining(true).front();
    if (!word.starts_with("-")) {
      return {
          ExitCode::usage, fmt::format("\"{}\" is one word too many", word), {}, {}, see_help()};
    }
    const std::string flag = word.substr(0, word.find('='));
    std::vector<std::string> known;
    for (const CLI::Option* option : chosen().get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    const std::string near = did_you_mean(flag, known);
    return {ExitCode::usage,
            fmt::format("{} takes no {}", chosen().get_name(), flag),
            {},
            {},
            near.empty() ? see_help() : near};
  }

  std::string see_help() const {
    const CLI::App& sub = chosen();
    if (&sub == &app_) return "see: lockstep --help";
    return fmt::format("see: lockstep {} --help", sub.get_name());
  }

  Request finished() {
    if (colour_ == "always") request_.colours = Colours::on;
    if (colour_ == "never") request_.colours = Colours::off;
    for (ScenarioRequest* scenario : {&run_.scenario, &sweep_.scenario}) {
      scenario->plugins = request_.plugins;
    }
    if (std::holds_alternative<RunRequest>(request_.verb)) request_.verb = run_;
    if (std::holds_alternative<SweepRequest>(request_.verb)) request_.verb = sweep_;
    return request_;
  }

  CLI::App app_;
  Request request_;
  std::string colour_ = "auto";
  DemoRequest demo_;
  ListRequest list_;
  RunRequest run_;
  SweepRequest sweep_;
  CiRequest ci_;
  MergeRequest merge_;
  CampaignRequest campaign_;
  ShrinkRequest shrink_;
  CompareRequest compare_;
  VersusRequest versus_;
  OpenRequest open_;
  OddsRequest odds_;
  EnvelopeRequest envelope_;
  MatrixRequest matrix_;
  ExhaustRequest exhaust_;
  ScoreboardRequest scoreboard_;
  ReplayRequest replay_;
  CheckRequest check_;
  ExplainRequest explain_;
  ManualRequest manual_;
  NewRequest new_;
  LessonRequest lesson_;
  DoctorRequest doctor_;
  VersionRequest version_;
};

}  // namespace

std::vector<VerbEntry> command_table() {
  return Grammar().table();
}

Checked<std::variant<Request, HelpPage>> read_command_line(const std::vector<std::string>& args) {
  if (!args.empty() && args.front() == "--version") return Request{VersionRequest{}};
  return Grammar().read(args);
}

}  // namespace lockstep
