# A fifth of a run's time goes to malloc and free (docs/decisions/0022): programs that run many
# scenarios link mimalloc where it is installed. Sanitizers bring allocators of their own.
option(LOCKSTEP_MIMALLOC "Link programs with mimalloc, where it is installed" ON)
if(LOCKSTEP_MIMALLOC)
  find_package(mimalloc QUIET CONFIG)
endif()

function(lockstep_fast_allocator target)
  if(LOCKSTEP_MIMALLOC AND TARGET mimalloc)
    target_link_libraries(${target} PRIVATE mimalloc)
  endif()
endfunction()
