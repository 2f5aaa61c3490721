#pragma once
// For locks of a replicated service: the lock service on Raft (raft::entry, its client's session),
// and raft::ReplicatedServer for a state machine of your own.

#include "backends/raft/leader_client.hpp"
#include "backends/raft/locks/entry.hpp"
#include "backends/raft/locks/raft_lock.hpp"
#include "backends/raft/replicated_server.hpp"
#include "backends/raft/service/client_session.hpp"
#include "lockstep/lock.hpp"
