/// Blocks and inode slots: find, take, give back.
package dev.stele.space;
