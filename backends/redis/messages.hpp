#pragma once
// What a Redis client and server send each other, as typed messages.

#include <string>
#include <utility>

#include "backends/redis/persistence.hpp"
#include "backends/redis/reply.hpp"
#include "backends/redis/session.hpp"
#include "core/message.hpp"

namespace lockstep::redis {

/// One command, as its words.
struct CommandMessage {
  Words words;

  void fold(Digest& digest) const {
    digest.fold(static_cast<std::uint64_t>(words.size()));
    for (const std::string& word : words) digest.fold(std::string_view(word));
  }
  std::string describe() const {
    std::string line;
    for (const std::string& word : words) {
      if (!line.empty()) line += ' ';
      line += word;
    }
    return line;
  }
};

/// A whole copy of a master's database, for a replica that begins to follow it.
struct CopyMessage {
  std::string snapshot;
  std::int64_t offset = 0;  // of the stream that goes on from this copy

  void fold(Digest& digest) const {
    digest.fold(std::string_view(snapshot));
    digest.fold(static_cast<std::uint64_t>(offset));
  }
  std::string describe() const { return "FULLRESYNC at offset " + std::to_string(offset); }
};

/// What a master's commands changed, for its replicas: RESP, whole commands.
struct StreamMessage {
  std::string bytes;

  void fold(Digest& digest) const { digest.fold(std::string_view(bytes)); }
  std::string describe() const { return "stream: " + words_in_log(bytes); }
};

/// A reply, or something pushed to a subscriber.
struct ReplyMessage {
  Reply reply;
  bool pushed = false;

  void fold(Digest& digest) const { fold(digest, reply); }
  std::string describe() const { return redis::describe(reply); }

 private:
  static void fold(Digest& digest, const Reply& reply) {
    digest.fold(static_cast<std::uint64_t>(reply.kind));
    digest.fold(static_cast<std::uint64_t>(reply.number));
    digest.fold(std::string_view(reply.text));
    for (const Reply& element : reply.elements) fold(digest, element);
  }
};

}  // namespace lockstep::redis
