#include "harness/packet.hpp"

#include <cstring>

namespace lockstep {
namespace {

constexpr std::uint64_t last = 0x6c6f636b73746570u;  // the bytes are complete

class Writer {
 public:
  void put(std::uint64_t number) { bytes_.append(reinterpret_cast<const char*>(&number), 8); }
  void put(std::int64_t number) { put(static_cast<std::uint64_t>(number)); }
  void put(const std::string& text) {
    put(static_cast<std::uint64_t>(text.size()));
    bytes_ += text;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    if (rest_.size() < 8) {
      whole_ = false;
      return 0;
    }
    std::memcpy(&value, rest_.data(), 8);
    rest_.remove_prefix(8);
    return value;
  }
  std::int64_t whole() { return static_cast<std::int64_t>(number()); }
  std::string text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) {
      whole_ = false;
      return {};
    }
    std::string value(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return value;
  }
  bool complete() { return number() == last && whole_ && rest_.empty(); }
  bool good() const { return whole_; }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

void put(Writer& writer, const Verdict& verdict) {
  writer.put(verdict.property);
  writer.put(static_cast<std::uint64_t>(verdict.status));
  writer.put(static_cast<std::uint64_t>(verdict.claimed));
  writer.put(verdict.explanation);
  writer.put(static_cast<std::uint64_t>(verdict.at.has_value()));
  writer.put(verdict.at ? nanos(*verdict.at) : std::int64_t{0});
  writer.put(verdict.tried);
  writer.put(static_cast<std::uint64_t>(verdict.witness.size()));
  for (const Evidence& evidence : verdict.witness) {
    writer.put(nanos(evidence.at));
    writer.put(evidence.who);
    writer.put(evidence.text);
    writer.put(evidence.op);
  }
}

Verdict verdict_in(Reader& reader) {
  Verdict verdict;
  verdict.property = reader.text();
  verdict.status = static_cast<Status>(reader.number());
  verdict.claimed = reader.number() != 0;
  verdict.explanation = reader.text();
  const bool timed = reader.number() != 0;
  const WorldTime at{Duration(reader.whole())};
  if (timed) verdict.at = at;
  verdict.tried = reader.number();
  for (std::uint64_t left = reader.number(); left > 0 && reader.good(); --left) {
    Evidence evidence;
    evidence.at = WorldTime(Duration(reader.whole()));
    evidence.who = reader.text();
    evidence.text = reader.text();
    evidence.op = reader.whole();
    verdict.witness.push_back(std::move(evidence));
  }
  return verdict;
}

}  // namespace

std::string packed(const Outcome& outcome) {
  Writer writer;
  writer.put(outcome.failure);
  writer.put(outcome.gave_up);
  writer.put(outcome.diverged);
  writer.put(outcome.digest);
  writer.put(outcome.stats.events);
  writer.put(outcome.stats.messages);
  writer.put(outcome.stats.simulated.count());
  writer.put(outcome.stats.holds);
  writer.put(outcome.stats.faults_in_hold);
  writer.put(static_cast<std::uint64_t>(outcome.verdicts.size()));
  for (const Verdict& verdict : outcome.verdicts) put(writer, verdict);
  writer.put(last);
  return writer.take();
}

bool unpack(std::string_view bytes, Outcome& outcome) {
  Reader reader(bytes);
  outcome.failure = reader.text();
  outcome.gave_up = reader.text();
  outcome.diverged = reader.text();
  outcome.digest = reader.number();
  outcome.stats.events = reader.number();
  outcome.stats.messages = reader.number();
  outcome.stats.simulated = Duration(reader.whole());
  outcome.stats.holds = reader.number();
  outcome.stats.faults_in_hold = reader.number();
  for (std::uint64_t left = reader.number(); left > 0 && reader.good(); --left) {
    outcome.verdicts.push_back(verdict_in(reader));
  }
  return reader.complete();
}

}  // namespace lockstep
