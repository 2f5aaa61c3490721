#pragma once
// For locks on ZooKeeper: zookeeper::Client with its session and watches, and zookeeper::entry(),
// which brings the simulated ensemble and reads the line of a lock's nodes.

#include "backends/zookeeper/client.hpp"
#include "backends/zookeeper/locks/belief.hpp"
#include "backends/zookeeper/locks/entry.hpp"
#include "backends/zookeeper/locks/sequence.hpp"
#include "lockstep/lock.hpp"
