#include "campaign/error.hpp"

#include <fmt/core.h>

#include "campaign/sqlite.hpp"

namespace lockstep {

CampaignError told(const SqliteFailure& failure) {
  switch (failure.code()) {
    case SQLITE_FULL:
      return {CampaignError::Kind::unusable, "the campaign file can't be written: the disk is full",
              "what was committed is safe; make room, then go on with --resume"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {CampaignError::Kind::unusable, "another process has this campaign file open",
              "wait for it, or give each shard a file of its own: night-{shard}.sqlite"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {CampaignError::Kind::unusable, "the campaign file can't be written: it is read-only",
              "make it and its folder writable, or name another file"};
    case SQLITE_NOTADB: return {CampaignError::Kind::unusable, "this is no file of a campaign", ""};
    case SQLITE_CANTOPEN:
      return {CampaignError::Kind::unusable,
              fmt::format("the campaign file can't be opened: {}", failure.what()),
              "its folder must be there and be writable"};
    case SQLITE_IOERR:
      if (failure.extended_code() == SQLITE_IOERR_WRITE) {
        return {CampaignError::Kind::unusable,
                "the campaign file can't be written: the disk, a quota or a limit refuses",
                "what was committed is safe; make room, then go on with --resume"};
      }
      return {CampaignError::Kind::unusable,
              fmt::format("the campaign file can't be used: {}", failure.what()),
              "what was committed is safe; once this is mended, go on with --resume"};
    default:
      return {CampaignError::Kind::unusable,
              fmt::format("the campaign file can't be used: {}", failure.what()), ""};
  }
}

}  // namespace lockstep
