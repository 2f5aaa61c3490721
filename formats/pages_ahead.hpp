#pragma once
// Memory for what is read, had from the kernel at once: asked for page by page, the pages of
// millions of operations are a third of the time of reading them.

#include <cstddef>
#include <vector>

namespace lockstep {

/// Has the kernel give the pages of this memory now, where it can and there are many: a gigabyte at
/// most. Changes nothing but the time.
void have_pages(void* begin, std::size_t bytes);

/// The same for what a vector has reserved, and will fill.
template <class T>
void have_pages(std::vector<T>& reserved) {
  have_pages(reserved.data(), reserved.capacity() * sizeof(T));
}

}  // namespace lockstep
