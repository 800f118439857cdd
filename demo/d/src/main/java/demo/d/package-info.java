/**
 * Demo service D.
 *
 * <p><b>Threads.</b> Plain blocking code.
 */
package demo.d;
