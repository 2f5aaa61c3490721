// Merging is a union: the order of files, their grouping and their doubles make no difference.
#include "campaign/merge.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "campaign/missing.hpp"
#include "tests/campaign/folder.hpp"

namespace lockstep {
namespace {

using Indices = std::vector<std::uint64_t>;

Indices up_to(std::uint64_t end) {
  Indices indices(end);
  for (std::uint64_t i = 0; i < end; ++i) indices[i] = i;
  return indices;
}

/// Four files that hold all of the runs together, some of them twice.
std::vector<std::string> parts_of(const Indices& all, const CampaignFolder& folder) {
  std::vector<Indices> parts(4);
  for (const std::uint64_t index : all) {
    const auto first = *rc::gen::inRange<std::size_t>(0, 4);
    for (std::size_t part = 0; part < 4; ++part) {
      if (part == first || *rc::gen::inRange(0, 4) == 0) parts[part].push_back(index);
    }
  }
  std::vector<std::string> files;
  for (std::size_t part = 0; part < 4; ++part) {
    files.push_back(made(folder.path("part" + std::to_string(part)), parts[part]));
  }
  return files;
}

RC_GTEST_PROP(Merge, AnyOrderAndGroupingGivesTheWhole, ()) {
  const CampaignFolder folder;
  const Indices all = up_to(*rc::gen::inRange<std::uint64_t>(1, 40));
  std::vector<std::string> files = parts_of(all, folder);
  files.push_back(files[*rc::gen::inRange<std::size_t>(0, 4)]);  // one of them twice
  for (std::size_t i = files.size(); i > 1; --i) {
    std::swap(files[i - 1], files[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  const auto middle = files.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, 6);
  std::vector<std::string> rest(middle, files.end());
  if (middle != files.begin()) {
    RC_ASSERT(merge_campaigns(folder.path("some"), {files.begin(), middle}).has_value());
    rest.push_back(folder.path("some"));
  }
  RC_ASSERT(merge_campaigns(folder.path("out"), rest).has_value());
  const CampaignContent whole = content_of(made(folder.path("whole"), all));
  RC_ASSERT(content_of(folder.path("out")) == whole);
  // Once more, into what is there.
  RC_ASSERT(merge_campaigns(folder.path("out"), files).has_value());
  RC_ASSERT(content_of(folder.path("out")) == whole);
}

RC_GTEST_PROP(Missing, IsWhatTheShardHasAndTheFileHasNot, ()) {
  const CampaignFolder folder;
  const auto runs = *rc::gen::inRange<std::uint64_t>(0, 60);
  Indices done;
  for (std::uint64_t index = 0; index < 70; ++index) {
    if (*rc::gen::inRange(0, 3) == 0) done.push_back(index);
  }
  Shard shard;
  shard.count = *rc::gen::inRange<std::uint64_t>(1, 5);
  shard.index = *rc::gen::inRange<std::uint64_t>(0, shard.count);
  made(folder.path("c"), done);
  const auto file = CampaignFile::look_into(folder.path("c"));
  RC_ASSERT(file.has_value());
  const auto missing = Missing::in(*file, shard, runs);
  RC_ASSERT(missing.has_value());
  Indices found;
  for (std::uint64_t n = 0; n < missing->size(); ++n) found.push_back(missing->at(n));
  Indices expected;
  for (std::uint64_t index = shard.index; index < runs; index += shard.count) {
    if (!std::binary_search(done.begin(), done.end(), index)) expected.push_back(index);
  }
  RC_ASSERT(found == expected);
}

}  // namespace
}  // namespace lockstep
