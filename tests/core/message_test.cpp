#include "core/message.hpp"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

struct Ping {
  std::string text;
  int* destroyed = nullptr;
  Ping(std::string t, int* d) : text(std::move(t)), destroyed(d) {}
  Ping(Ping&& other) noexcept
      : text(std::move(other.text)), destroyed(std::exchange(other.destroyed, nullptr)) {}
  ~Ping() {
    if (destroyed) ++*destroyed;
  }
  void fold(Digest& digest) const { digest.fold(std::string_view(text)); }
  std::string describe() const { return "PING " + text; }
};

struct Pong {
  void fold(Digest& digest) const { digest.fold(std::uint64_t{1}); }
  std::string describe() const { return "PONG"; }
};

TEST(Frame, GivesItsContentToThoseWhoKnowItsTypeAndNobodyElse) {
  const Frame frame = make_frame(Ping("a", nullptr));
  ASSERT_NE(content_of<Ping>(frame), nullptr);
  EXPECT_EQ(content_of<Ping>(frame)->text, "a");
  EXPECT_EQ(content_of<Pong>(frame), nullptr);
  EXPECT_EQ(content_of<Ping>(Frame()), nullptr);
  EXPECT_EQ(frame->describe(), "PING a");
}

TEST(Frame, HasTheFingerprintOfItsContent) {
  const Frame frame = make_frame(Ping("a", nullptr));
  EXPECT_EQ(frame->fingerprint(), make_frame(Ping("a", nullptr))->fingerprint());
  EXPECT_NE(frame->fingerprint(), make_frame(Ping("b", nullptr))->fingerprint());
  EXPECT_EQ(frame->fingerprint(), Frame(frame)->fingerprint());
}

TEST(Frame, ItsContentLivesAsLongAsTheLastOfItsCopiesAndDiesOnce) {
  int destroyed = 0;
  {
    Frame last;
    {
      const Frame first = make_frame(Ping("a", &destroyed));
      Frame copy = first;
      Frame moved = std::move(copy);
      last = moved;
      const Frame& itself = last;
      last = itself;
    }
    EXPECT_EQ(destroyed, 0);
    EXPECT_EQ(content_of<Ping>(last)->text, "a");
  }
  EXPECT_EQ(destroyed, 1);
}

TEST(Frame, EqualContentsHaveEqualDigests) {
  const auto digest_of = [](const Frame& frame) {
    Digest digest;
    frame->fold(digest);
    return digest.value();
  };
  EXPECT_EQ(digest_of(make_frame(Ping("a", nullptr))), digest_of(make_frame(Ping("a", nullptr))));
  EXPECT_NE(digest_of(make_frame(Ping("a", nullptr))), digest_of(make_frame(Ping("b", nullptr))));
}

}  // namespace
}  // namespace lockstep
