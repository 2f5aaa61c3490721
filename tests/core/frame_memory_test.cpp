#include "core/frame_memory.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

#include "core/random.hpp"
#include "core/sanitized.hpp"

namespace lockstep {
namespace {

struct Block {
  unsigned char* bytes;
  std::size_t size;
  unsigned char mark;
};

bool is_whole(const Block& block) {
  for (std::size_t i = 0; i < block.size; ++i) {
    if (block.bytes[i] != block.mark) return false;
  }
  return true;
}

TEST(FrameMemory, WhatIsInUseIsNobodyElses) {
  Random random(1, "blocks");
  std::vector<Block> used;
  for (int i = 0; i < 20'000; ++i) {
    if (used.size() < 100 && random.chance(550'000)) {
      const auto size = static_cast<std::size_t>(random.between(1, 3000));
      const auto mark = static_cast<unsigned char>(random.below(256));
      auto* bytes = static_cast<unsigned char*>(FrameMemory::take(size));
      std::memset(bytes, mark, size);
      used.push_back({bytes, size, mark});
    } else if (!used.empty()) {
      const auto at = static_cast<std::size_t>(random.below(used.size()));
      ASSERT_TRUE(is_whole(used[at]));
      FrameMemory::give_back(used[at].bytes, used[at].size);
      used[at] = used.back();
      used.pop_back();
    }
  }
  for (const Block& block : used) {
    EXPECT_TRUE(is_whole(block));
    FrameMemory::give_back(block.bytes, block.size);
  }
}

TEST(FrameMemory, IsAlignedForAnything) {
  for (const std::size_t size : {1u, 63u, 64u, 65u, 500u, 5000u}) {
    void* const memory = FrameMemory::take(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignof(std::max_align_t), 0u);
    FrameMemory::give_back(memory, size);
  }
}

#if !LOCKSTEP_SANITIZED
TEST(FrameMemory, GivesNextWhatWasGivenBackLast) {
  void* const first = FrameMemory::take(100);
  void* const second = FrameMemory::take(100);
  FrameMemory::give_back(first, 100);
  FrameMemory::give_back(second, 100);
  EXPECT_EQ(FrameMemory::take(120), second);  // of the same sixty-fours
  EXPECT_EQ(FrameMemory::take(65), first);
  FrameMemory::give_back(first, 65);
  FrameMemory::give_back(second, 120);
}

TEST(FrameMemory, IsThatOfTheThreadWhichGaveItBack) {
  void* const taken = FrameMemory::take(100);
  void* again = nullptr;
  std::thread([&] {
    FrameMemory::give_back(taken, 100);
    again = FrameMemory::take(100);
  }).join();
  EXPECT_EQ(again, taken);
  FrameMemory::give_back(again, 100);
}
#endif

}  // namespace
}  // namespace lockstep
