#pragma once
// The protected resource as rows of the lock's own database (policy RP4): a value and a version
// that counts its writes.

#include <map>
#include <string>

#include "backends/sql/driver.hpp"
#include "core/lock.hpp"

namespace lockstep::sql {

/// Reads and writes rows of the table "resource" over a session that the caller vouches for. An
/// error of the server means that nothing was written: `lost` to the caller.
class ResourceRows {
 public:
  Task<Result<StoredValue>> read(Driver& driver, std::string resource, RowLock row_lock);
  /// One blind upsert: value and version + 1. Remarks which version was read last.
  Task<Result<StoredValue>> write(Driver& driver, std::string resource, std::int64_t value);

 private:
  std::map<std::string, std::uint64_t> seen_;  // the version read last
};

}  // namespace lockstep::sql
