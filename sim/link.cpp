#include "sim/link.hpp"

#include <algorithm>

namespace lockstep::sim {
namespace {
constexpr Duration first_retry = 200ms;
constexpr Duration longest_retry = 120s;
constexpr int most_retries = 10'000;  // after two weeks no run lasts any more
}  // namespace

Duration Link::latency(Random& draws) {
  Duration length = draws.between(profile_.latency_min, profile_.latency_max);
  if (profile_.tail_millionths != 0 && draws.chance(profile_.tail_millionths)) {
    length = draws.scale_between(std::max<Duration>(profile_.latency_max, 1us), profile_.tail_max);
  }
  if (trouble.delay_max > Duration::zero()) {
    length += delays_.between(trouble.delay_min, trouble.delay_max);
  }
  return length;
}

WorldTime Link::segment_arrival(WorldTime sent, WorldTime from) {
  Duration retry = first_retry;
  WorldTime attempt = sent;
  while (attempt < from) {
    attempt += retry;
    retry = std::min(retry * 2, longest_retry);
  }
  const std::uint32_t loss = std::min(profile_.loss_millionths + trouble.loss_millionths, 999'999u);
  for (int lost = 0; lost < most_retries && loss != 0 && luck_.chance(loss); ++lost) {
    attempt += retry;
    retry = std::min(retry * 2, longest_retry);
  }
  return attempt + latency(latencies_);
}

Link::Copies Link::datagram_arrivals(WorldTime sent) {
  Copies copies;
  const Duration takes = latency(latencies_);
  if (cut()) return copies;
  const std::uint32_t loss = profile_.loss_millionths + trouble.loss_millionths;
  if (loss != 0 && luck_.chance(loss)) return copies;
  const std::uint32_t again = profile_.duplicate_millionths + trouble.duplicate_millionths;
  const int wanted = again != 0 && luck_.chance(again) ? 2 : 1;
  const std::uint32_t reorder = profile_.reorder_millionths + trouble.reorder_millionths;
  for (; copies.count < wanted; ++copies.count) {
    WorldTime& at = copies.at[copies.count];
    at = sent + (copies.count == 0 ? takes : latency(luck_));
    if (reorder != 0 && luck_.chance(reorder)) at += luck_.between(0ns, profile_.reorder_by);
  }
  return copies;
}

}  // namespace lockstep::sim
