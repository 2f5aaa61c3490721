#pragma once
// A file descriptor that closes itself, and writing to one to the end.

#include <string>

namespace lockstep {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}  // negative: it could not be opened
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  int number() const { return number_; }

 private:
  int number_;
};

/// False, with errno, when not all of it could be written.
bool write_all(int descriptor, const std::string& content);

/// A file that is not there yet, on the disk once this returns; false, with errno, if that failed.
bool write_new_file(const std::string& path, const std::string& content);

}  // namespace lockstep
