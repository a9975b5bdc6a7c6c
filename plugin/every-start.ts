// What nearly every start of krt needs. The bundle has it in one file: files cost more than what is not used of them.
import './base-command.ts';
import './cluster/connect.ts';
import './cluster/find-kubeconfig.ts';
import './cluster/select-cluster.ts';
import './dispatch.ts';
import './services/cluster-version.ts';
import './terminal/sanitise.ts';
import './ui/data-text.ts';
