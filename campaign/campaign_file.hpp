#pragma once
// The SQLite file of a campaign. What was committed survives the process, however it ends.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "campaign/error.hpp"
#include "campaign/rows.hpp"

namespace lockstep {

/// One process at a time has it open. Rows that were added are on the disk after commit(); a
/// process that ends before loses what it added since, and nothing else.
class CampaignFile {
 public:
  /// Makes the file, or takes one up that has the same head but for `planned`, of which the larger
  /// holds from now on.
  static CampaignResult<CampaignFile> take_up(const std::string& path, const CampaignHead& head);
  /// To read only. Also works on a medium that can't be written, if the file was closed properly.
  static CampaignResult<CampaignFile> look_into(const std::string& path);

  CampaignFile(CampaignFile&&) noexcept;
  CampaignFile& operator=(CampaignFile&&) noexcept;
  ~CampaignFile();

  const CampaignHead& head() const;

  /// A run that is there already is an error.
  CampaignResult<void> add(const RunRow& run);
  /// Keeps the smaller one where the pattern is known: of fewer clients, then faults, then shorter,
  /// then of the lower seed.
  CampaignResult<void> add(const FailureRow& failure);
  /// Replaces what was known of that run.
  CampaignResult<void> add(const ShrunkRow& shrunk);
  CampaignResult<void> commit();

  /// Takes over what another file holds; what both hold must be equal. Not yet committed.
  CampaignResult<void> take_over(const CampaignFile& other);

  CampaignResult<std::uint64_t> count_runs() const;
  /// In the order of their indices.
  CampaignResult<void> each_run(const std::function<void(const RunRow&)>& visit) const;
  /// In the same order, nothing but the indices.
  CampaignResult<void> each_index(const std::function<void(std::uint64_t)>& visit) const;
  /// The ones most often shown first.
  CampaignResult<std::vector<FailureRow>> failures() const;
  /// By pattern. Of runs that failures() does not name any more, too: another file may.
  CampaignResult<std::vector<ShrunkRow>> shrunk() const;

 private:
  struct Open;
  explicit CampaignFile(std::unique_ptr<Open> open);
  std::unique_ptr<Open> open_;
};

}  // namespace lockstep
