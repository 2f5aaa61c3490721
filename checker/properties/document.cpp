// W7, on the document workload: whoever reads under a read-write lock sees one edition, all pages
// of it. A writer that was cut off between two pages leaves a torn document behind, which is no
// lock's fault: what counts is that nobody wrote a page between a reader's first and last.
#include <fmt/format.h>

#include <map>
#include <vector>

#include "checker/properties/effects.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

constexpr std::string_view prefix = "page-";

/// A reader that has begun: what it read first, and the first write that came after.
struct Reading {
  const ResourceEvent* first = nullptr;
  const ResourceEvent* written = nullptr;
};

class Readers {
 public:
  explicit Readers(const Case& judged) : judged_(judged) {}

  Verdict verdict() {
    for (const ResourceEvent& event : judged_.record.resource) {
      const ResourceAccess& access = event.access;
      if (!access.accepted || !access.resource.starts_with(prefix)) continue;
      if (access.write) {
        write(event);
      } else if (const Reading* torn = read(event)) {
        return torn_read(*torn, event);
      }
    }
    return holds(claimed(),
                 fmt::format("each of {} readers saw one edition{}", readings_.size(),
                             left_torn_ > 0 ? ", or what a writer that was cut off left" : ""));
  }

 private:
  bool claimed() const { return effects_guarded(judged_) || undisturbed(judged_); }

  void write(const ResourceEvent& event) {
    for (auto& [section, reading] : readings_) {
      if (reading.written == nullptr) reading.written = &event;
    }
  }

  /// The reading that this read tears; null when it tears none.
  const Reading* read(const ResourceEvent& event) {
    const Belief* belief = belief_of(judged_.record, event.access.section);
    if (belief == nullptr || !belief->shared) return nullptr;
    Reading& reading = readings_[event.access.section];
    if (reading.first == nullptr) reading.first = &event;
    if (reading.first->access.value == event.access.value) return nullptr;
    if (reading.written != nullptr) return &reading;
    ++left_torn_;
    return nullptr;
  }

  Verdict torn_read(const Reading& reading, const ResourceEvent& last) const {
    Story story(judged_);
    story.accessed(*reading.first);
    story.accessed(*reading.written);
    story.accessed(last);
    std::string what = fmt::format(
        "torn read: {} read edition {} of {} and edition {} of {}, for {} wrote in between",
        story.who(last.process), reading.first->access.value, reading.first->access.resource,
        last.access.value, last.access.resource, story.who(reading.written->process));
    return violated(claimed(), last.at, std::move(what), std::move(story));
  }

  const Case& judged_;
  std::map<std::uint64_t, Reading> readings_;  // by section
  int left_torn_ = 0;
};

bool applies(const Case& judged) {
  return judged.scenario.workload == "document";
}

Verdict judge(const Case& judged) {
  if (resource_log_missing(judged.record)) {
    return unknown(effects_guarded(judged), "the record has no log of the resource");
  }
  return Readers(judged).verdict();
}

}  // namespace

Property properties::document() {
  return {.name = "no-torn-read",
          .code = "W7",
          .summary = "nobody writes while somebody reads: readers see one edition",
          .needs = "the workload document",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
