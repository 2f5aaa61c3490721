#include "campaign/merge.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

tl::unexpected<CampaignError> refuse(CampaignError error, const std::string& where) {
  error.where = where;
  return tl::unexpected<CampaignError>(std::move(error));
}

/// The head that all files share, with the most runs that any of them plans.
CampaignResult<CampaignHead> common_head(const std::vector<std::string>& files) {
  std::optional<CampaignHead> head;
  for (const std::string& file : files) {
    const CampaignResult<CampaignFile> input = CampaignFile::look_into(file);
    if (!input) return refuse(input.error(), file);
    if (!head) head = input->head();
    if (const std::string why = difference(*head, input->head()); !why.empty()) {
      return refuse(
          {CampaignError::Kind::different,
           fmt::format("this file belongs to another campaign than {}: {}", files.front(), why),
           "merge files of one build and of the same settings"},
          file);
    }
    head->planned = std::max(head->planned, input->head().planned);
  }
  return *head;
}

}  // namespace

CampaignResult<Merged> merge_campaigns(const std::string& out,
                                       const std::vector<std::string>& files) {
  std::error_code absent;
  const bool there = fs::exists(out, absent) && fs::file_size(out, absent) > 0;
  std::vector<std::string> inputs;
  for (const std::string& file : files) {
    if (!there || !fs::equivalent(file, out, absent)) inputs.push_back(file);
  }
  std::vector<std::string> all = inputs;
  if (there) all.push_back(out);
  const CampaignResult<CampaignHead> head = common_head(all);
  if (!head) return tl::unexpected<CampaignError>(head.error());
  CampaignResult<CampaignFile> merged = CampaignFile::take_up(out, *head);
  if (!merged) return refuse(merged.error(), out);
  for (const std::string& file : inputs) {
    const CampaignResult<CampaignFile> input = CampaignFile::look_into(file);
    if (!input) return refuse(input.error(), file);
    if (const auto taken = merged->take_over(*input); !taken) return refuse(taken.error(), file);
  }
  if (const auto done = merged->commit(); !done) return refuse(done.error(), out);
  const auto runs = merged->count_runs();
  if (!runs) return refuse(runs.error(), out);
  const auto failures = merged->failures();
  if (!failures) return refuse(failures.error(), out);
  return Merged{*runs, merged->head().planned, failures->size()};
}

}  // namespace lockstep
