// The one file that knows CLI11, which is slow to compile.
#include "cli/command_line.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>

namespace lockstep {
namespace {

constexpr const char* exit_codes =
    "\nExit codes: 0 every check met its expectation, 1 violation, 2 undecided, 3 replay "
    "diverged,\n64 wrong usage, 65 bad file, 70 internal error, 130 interrupted (results kept).";

constexpr const char* examples =
    "\nTry:\n"
    "  lockstep check --model owner-mutex history.edn\n";

/// The verbs, each with its flags, writing into one Request.
class Grammar {
 public:
  Grammar() : app_("Tells whether a distributed lock really excludes.", "lockstep") {
    app_.require_subcommand(1);
    app_.footer(std::string(examples) + exit_codes);
    add_check();
    add<VersionRequest>("version", "which lockstep this is", version_);
  }
  Grammar(const Grammar&) = delete;
  Grammar& operator=(const Grammar&) = delete;

  Checked<std::variant<Request, HelpPage>> read(std::vector<std::string> args) {
    if (args.empty()) return HelpPage{app_.help()};
    if (std::optional<Complaint> wrong = unknown_verb(args.front())) return complain(*wrong);
    std::reverse(args.begin(), args.end());  // CLI11 takes them from the back
    try {
      app_.parse(args);
    } catch (const CLI::CallForHelp&) {
      return HelpPage{chosen().help(app_.get_name())};
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

  void add_check() {
    CLI::App& sub = add("check", "judge a recorded history, whatever recorded it", check_);
    sub.add_option("FILE", check_.file, "JSON Lines, Jepsen's EDN or Protocol Buffers")->required();
    sub.add_option("-m,--model", check_.model, "what it should be (lockstep list models)")
        ->required();
    sub.add_flag("--keyed", check_.keyed, "values are [key value], as jepsen.independent has it");
    sub.add_option("--steps", check_.steps, "give up, undecided, after so many steps of the search")
        ->check(CLI::PositiveNumber);
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
    if (colour_ == "always") request_.colours = Colours::always;
    if (colour_ == "never") request_.colours = Colours::never;
    return request_;
  }

  CLI::App app_;
  Request request_;
  std::string colour_ = "auto";
  CheckRequest check_;
  VersionRequest version_;
};

}  // namespace

Checked<std::variant<Request, HelpPage>> read_command_line(const std::vector<std::string>& args) {
  if (!args.empty() && args.front() == "--version") return Request{VersionRequest{}};
  return Grammar().read(args);
}

}  // namespace lockstep
