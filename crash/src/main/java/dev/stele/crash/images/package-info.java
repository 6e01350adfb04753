/// Bad images.
package dev.stele.crash.images;
