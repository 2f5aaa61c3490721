#include "harness/expected_verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "core/toml.hpp"
#include "harness/fault_class.hpp"
#include "harness_embedded.hpp"

namespace lockstep {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// One file of verdicts, whose mistakes are told with their place.
class VerdictsFile {
 public:
  VerdictsFile(std::string_view name, std::string_view text) : name_(name) {
    toml::parse_result parsed = toml::parse(text);
    if (!parsed) refuse(parsed.error().source(), std::string(parsed.error().description()));
    table_ = std::move(parsed).table();
  }

  void append_rows(std::vector<ExpectedRow>& rows) const {
    std::vector<std::pair<std::string, const toml::table*>> in_order;
    for (const auto& [lock, node] : table_) {
      if (!node.is_table()) refuse(node.source(), "a lock is a table");
      in_order.emplace_back(std::string(lock.str()), node.as_table());
    }
    // The library keeps its tables by name; the file's order is the one meant for readers.
    std::stable_sort(in_order.begin(), in_order.end(), [](const auto& a, const auto& b) {
      return a.second->source().begin.line < b.second->source().begin.line;
    });
    for (const auto& [lock, table] : in_order) rows.push_back(row_of(lock, *table));
  }

 private:
  [[noreturn]] void refuse(const toml::source_region& where, const std::string& what) const {
    throw std::runtime_error(fmt::format("verdicts/{}.toml:{}: {}", name_, where.begin.line, what));
  }

  std::string text_of(const toml::table& table, std::string_view key) const {
    const auto text = table[key].value<std::string>();
    if (!text) refuse(table.source(), fmt::format("\"{}\" is missing", key));
    return *text;
  }

  ExpectedRow row_of(const std::string& lock, const toml::table& table) const {
    ExpectedRow row;
    row.lock = lock;
    row.group = name_;
    row.cells = words_of(text_of(table, "cells"));
    if (row.cells.size() != all_fault_classes().size()) {
      refuse(table.source(), fmt::format("{} has {} cells, not {}", lock, row.cells.size(),
                                         all_fault_classes().size()));
    }
    row.workload = table["workload"].value_or(std::string());
    if (const auto policy = table["resource"].value<std::string>()) {
      const auto known = resource_policy_named(*policy);
      if (!known) refuse(table.source(), fmt::format("there is no resource policy {}", *policy));
      row.resource = *known;
    }
    row.fence_writes = text_of(table, "RP1");
    row.fence_all = text_of(table, "RP2");
    row.fifo = text_of(table, "fifo");
    row.source = text_of(table, "source");
    if (const toml::table* seeds = table["seeds"].as_table()) row.seeds = seeds_of(*seeds);
    if (const toml::table* explained = table["explained"].as_table()) {
      row.explained = explained_of(*explained);
    }
    if (const toml::array* needs = table["needed_clients"].as_array()) {
      for (const toml::node& node : *needs) {
        row.needed_clients.push_back(needed_clients_of(*node.as_table()));
      }
    }
    if (const toml::array* corrections = table["correction"].as_array()) {
      for (const toml::node& node : *corrections) {
        row.corrections.push_back(correction_of(*node.as_table()));
      }
    }
    return row;
  }

  std::map<std::string, std::uint64_t> seeds_of(const toml::table& table) const {
    std::map<std::string, std::uint64_t> seeds;
    for (const auto& [column, seed] : table) {
      const std::string code(column.str());
      const bool fencing = code == "RP1" || code == "RP2";
      if (!fencing && find_fault_class(code) == nullptr) {
        refuse(seed.source(), fmt::format("there is no column \"{}\" with seeds", code));
      }
      seeds[code] = seed.value_or(std::uint64_t{0});
    }
    return seeds;
  }

  Explained explained_of(const toml::table& table) const {
    Explained explained;
    explained.fault = text_of(table, "fault");
    if (find_fault_class(explained.fault) == nullptr) {
      refuse(table.source(), fmt::format("there is no fault class \"{}\"", explained.fault));
    }
    explained.seed = table["seed"].value_or(std::uint64_t{0});
    explained.assumption = text_of(table, "assumption");
    explained.decisive = text_of(table, "decisive");
    return explained;
  }

  /// Codes of columns; `extra` takes those for fencing and fairness, too.
  std::vector<std::string> faults_of(const toml::table& table, bool extra) const {
    const toml::array* faults = table["faults"].as_array();
    if (faults == nullptr) refuse(table.source(), "this names its \"faults\"");
    std::vector<std::string> codes;
    for (const toml::node& node : *faults) {
      codes.push_back(node.value_or(std::string()));
      const std::string& code = codes.back();
      const bool known = find_fault_class(code) != nullptr ||
                         (extra && (code == "RP1" || code == "RP2" || code == "FIFO"));
      if (!known) refuse(node.source(), fmt::format("there is no column \"{}\"", code));
    }
    return codes;
  }

  std::string why_of(const toml::table& table) const {
    std::string why;
    for (const std::string& word : words_of(text_of(table, "why"))) {
      why += (why.empty() ? "" : " ") + word;
    }
    return why;
  }

  NeededClients needed_clients_of(const toml::table& table) const {
    NeededClients needed;
    needed.faults = faults_of(table, false);
    needed.clients = table["clients"].value_or(std::int64_t{0});
    needed.why = why_of(table);
    return needed;
  }

  Correction correction_of(const toml::table& table) const {
    Correction correction;
    correction.faults = faults_of(table, true);
    correction.expected = text_of(table, "expected");
    correction.why = why_of(table);
    correction.hunt = table["hunt"].value_or(std::uint64_t{0});
    return correction;
  }

  std::string name_;
  toml::table table_;
};

std::vector<ExpectedRow> read_all() {
  std::vector<ExpectedRow> rows;
  for (const verdicts::File& file : verdicts::files) {
    VerdictsFile(file.name.substr(0, file.name.rfind('.')), file.text).append_rows(rows);
  }
  return rows;
}

}  // namespace

std::uint64_t ExpectedRow::first_seed(const std::string& column) const {
  const auto at = seeds.find(column);
  return at == seeds.end() ? 0 : at->second;
}

const Correction* ExpectedRow::correction_on(std::string_view fault) const {
  for (const Correction& correction : corrections) {
    for (const std::string& code : correction.faults) {
      if (code == fault) return &correction;
    }
  }
  return nullptr;
}

const NeededClients* ExpectedRow::needed_clients_on(std::string_view fault) const {
  for (const NeededClients& needed : needed_clients) {
    if (std::find(needed.faults.begin(), needed.faults.end(), fault) != needed.faults.end()) {
      return &needed;
    }
  }
  return nullptr;
}

bool ExpectedRow::has_note(char digit) const {
  return std::any_of(cells.begin(), cells.end(), [digit](const std::string& cell) {
    return cell.find(digit) != std::string::npos;
  });
}

const std::vector<ExpectedRow>& expected_verdicts() {
  static const std::vector<ExpectedRow> rows = read_all();
  return rows;
}

}  // namespace lockstep
