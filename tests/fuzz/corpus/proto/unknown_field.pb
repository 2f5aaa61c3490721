
lockstep-history
 *readx