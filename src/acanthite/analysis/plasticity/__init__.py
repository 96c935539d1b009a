"""What two pulses or two spikes leave behind: paired-pulse facilitation and STDP windows."""
