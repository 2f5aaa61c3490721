#include "cli/manual.hpp"

#include <fmt/format.h>

namespace lockstep {
namespace {

/// troff takes '-' for a hyphen, a leading dot or quote for a request, and '\' for an escape.
std::string troff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (out.empty() && (c == '.' || c == '\'')) {
      out += std::string("\\&") + c;
    } else {
      out += c;
    }
  }
  return out;
}

/// Inside of single quotes, for any of the shells.
std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out;
}

std::string all_flags(const VerbEntry& verb) {
  std::string flags;
  for (const OptionEntry& option : verb.options) {
    for (const std::string& name : option.names) flags += (flags.empty() ? "" : " ") + name;
  }
  return flags;
}

std::string all_names(const std::vector<VerbEntry>& verbs) {
  std::string names;
  for (const VerbEntry& verb : verbs) names += (names.empty() ? "" : " ") + verb.name;
  return names;
}

}  // namespace

std::string manual_page(const std::vector<VerbEntry>& verbs, const std::string& version) {
  std::string out = fmt::format(".TH LOCKSTEP 1 \"\" \"lockstep {}\" \"User Commands\"\n", version);
  out += ".SH NAME\nlockstep \\- tells whether a distributed lock really excludes\n";
  out += ".SH SYNOPSIS\n.B lockstep\n.I VERB\n.RI [ OPTION ...]\n.SH VERBS\n";
  for (const VerbEntry& verb : verbs) {
    out += fmt::format(".SS {}\n{}\n", troff(verb.name), troff(verb.summary));
    for (const OptionEntry& option : verb.options) {
      const std::string names = fmt::format("{}", fmt::join(option.names, ", "));
      out += fmt::format(".TP\n\\fB{}\\fR {}\n{}\n", troff(names), troff(option.word),
                         troff(option.meaning));
    }
  }
  out +=
      ".SH EXIT STATUS\n0 every check met its expectation, 1 violation, 2 undecided, 3 two runs of "
      "one scenario differ, 64 wrong usage, 65 a file can\\(cqt be used, 70 a bug of Lockstep or "
      "of "
      "a lock, 130 interrupted.\n";
  out +=
      ".SH ENVIRONMENT\n.TP\nLOCKSTEP_PLUGIN\nPlug\\-ins to load, with colons between them.\n.TP\n"
      "NO_COLOR\nNo colours when set.\n";
  return out;
}

std::string bash_completion(const std::vector<VerbEntry>& verbs) {
  std::string out =
      "# bash completion of lockstep, made by `lockstep manual bash`\n_lockstep() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} flags\n"
      "  if [[ $COMP_CWORD == 1 ]]; then\n";
  out += fmt::format("    COMPREPLY=($(compgen -W '{}' -- \"$word\"))\n    return\n  fi\n",
                     all_names(verbs));
  out += "  case $verb in\n";
  for (const VerbEntry& verb : verbs) {
    out += fmt::format("    {}) flags='{}' ;;\n", verb.name, all_flags(verb));
  }
  out +=
      "  esac\n  if [[ $word == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n"
      "  elif [[ $verb == run || $verb == sweep ]]; then\n"
      "    COMPREPLY=($(compgen -f -W \"$(lockstep list locks 2>/dev/null | awk '{print $1}')\" "
      "-- \"$word\"))\n"
      "  else\n    COMPREPLY=($(compgen -f -- \"$word\"))\n  fi\n}\n"
      "complete -o filenames -F _lockstep lockstep\n";
  return out;
}

std::string zsh_completion(const std::vector<VerbEntry>& verbs) {
  std::string out = "#compdef lockstep\n# made by `lockstep manual zsh`\nlocal -a verbs\nverbs=(\n";
  for (const VerbEntry& verb : verbs) {
    out += fmt::format("  '{}:{}'\n", verb.name, quoted(verb.summary));
  }
  out +=
      ")\nif (( CURRENT == 2 )); then\n  _describe verb verbs\n  return\nfi\n"
      "case $words[2] in\n";
  for (const VerbEntry& verb : verbs) {
    out += fmt::format("  {}) compadd -- {} ;;\n", verb.name, all_flags(verb));
  }
  out += "esac\n_files\n";
  return out;
}

std::string fish_completion(const std::vector<VerbEntry>& verbs) {
  std::string out = "# made by `lockstep manual fish`\n";
  for (const VerbEntry& verb : verbs) {
    out += fmt::format("complete -c lockstep -n __fish_use_subcommand -a {} -d '{}'\n", verb.name,
                       quoted(verb.summary));
    for (const OptionEntry& option : verb.options) {
      std::string names;
      for (const std::string& name : option.names) {
        const bool is_long = name.starts_with("--");
        names += is_long ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (names.empty()) continue;
      out += fmt::format("complete -c lockstep -n '__fish_seen_subcommand_from {}'{} -d '{}'\n",
                         verb.name, names, quoted(option.meaning));
    }
  }
  return out;
}

}  // namespace lockstep
