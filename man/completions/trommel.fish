# fish completion for trommel(1)
# Written by `make tables` from the program's own table: `trommel help completion fish`

function __trommel_settings
    trommel config --describe 2>/dev/null | string replace -r '\t.*' '='
end

function __trommel_runs
    trommel undo 2>/dev/null | string match -r '^[0-9-]+(?=  )'
end

set -l commands deliver check fmt try grep split refile undo test state config doctor report help
complete -c trommel -f

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a deliver -d 'deliver standard input; what an MTA calls (the default)'
set -l others (string match -v deliver $commands)
set -l seen "not __fish_seen_subcommand_from $others"
complete -c trommel -n $seen -s d -x -a '(__fish_complete_users)' -d 'whose mail this is (root may name anybody)'
complete -c trommel -n $seen -s f -x -d 'envelope sender; \'\' is the null sender'
complete -c trommel -n $seen -s r -x -d 'envelope recipient'
complete -c trommel -n $seen -s a -x -d 'what stands behind the \'+\' of the recipient; with an @: the original recipient'
complete -c trommel -n $seen -s m -x -d 'instead of the inbox, when the rules keep the message'
complete -c trommel -n $seen -s s -r -d 'these rules instead of the user\'s'
complete -c trommel -n $seen -s c -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a check -d 'find the mistakes in Sieve scripts'
set -l seen "__fish_seen_subcommand_from check"
complete -c trommel -n $seen -s c -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'
complete -c trommel -n $seen -l fix -d 'mend what is clear, then show what is left'
complete -c trommel -n $seen -l json -d 'an object in a line for each finding'
complete -c trommel -n $seen -l mail -x -d 'look here for the folders that rules file into'
complete -c trommel -n $seen -l no-warn -x -d 'do not show these warnings; all: none'
complete -c trommel -n $seen -l strict -d 'exit with 1 after warnings, too'
complete -c trommel -n $seen -F

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a fmt -d 'lay Sieve scripts out'
set -l seen "__fish_seen_subcommand_from fmt"
complete -c trommel -n $seen -s i -l in-place -d 'write back what changes'
complete -c trommel -n $seen -l check -d 'write nothing; name the scripts that would change'
complete -c trommel -n $seen -F

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a try -d 'say what rules would do with saved messages; no effect'
set -l seen "__fish_seen_subcommand_from try"
complete -c trommel -n $seen -s c -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'
complete -c trommel -n $seen -l sender -x -d 'envelope sender; else the message\'s Return-Path'
complete -c trommel -n $seen -l recipient -x -d 'envelope recipient; else the message\'s Delivered-To'
complete -c trommel -n $seen -l now -x -d 'the time that rules see: 2026-11-24T08:00:00Z; else when the message came'
complete -c trommel -n $seen -l mail -x -d 'look here whether a folder exists; else every folder does'
complete -c trommel -n $seen -s v -l verbose -d 'a line for each action, and why others were not done'
complete -c trommel -n $seen -l trace -d 'the script\'s own text, lines with + taken, - not, . not reached, and what tests saw'
complete -c trommel -n $seen -l diff -r -d 'only messages that these rules would treat otherwise'
complete -c trommel -n $seen -l json -d 'an object for each message'
complete -c trommel -n $seen -l html -r -d 'write a page with all of it'
complete -c trommel -n $seen -s j -x -d 'so many judges; else one for each core'
complete -c trommel -n $seen -F

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a grep -d 'search saved mail with a test of Sieve'
set -l seen "__fish_seen_subcommand_from grep"
complete -c trommel -n $seen -s c -l count -d 'how many of each source'
complete -c trommel -n $seen -s l -l files-with-matches -d 'the names of files alone, each once'
complete -c trommel -n $seen -s q -l quiet -d 'nothing; the exit status tells'
complete -c trommel -n $seen -s v -l invert-match -d 'messages for which the test is not true'
complete -c trommel -n $seen -l json -d 'an object in a line for each message'
complete -c trommel -n $seen -l mbox -d 'the messages themselves, as an mbox'
complete -c trommel -n $seen -s j -x -d 'so many judges; else one for each core'
complete -c trommel -n $seen -l config -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'
complete -c trommel -n $seen -F

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a split -d 'take saved mail apart: a command or a file for each message'
set -l seen "__fish_seen_subcommand_from split"
complete -c trommel -n $seen -l into -x -a '(__fish_complete_directories)' -d 'a file for each message: DIRECTORY/000001.eml ...'
complete -c trommel -n $seen -s f -l from-line -d 'begin each message with its From_ line, if it has one'
complete -c trommel -n $seen -s j -x -d 'run so many commands at a time; what they write keeps its order'
complete -c trommel -n $seen -s k -l keep-going -d 'go on when a command fails'
complete -c trommel -n $seen -F

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a refile -d 'let rules file saved messages anew; can be resumed and undone'
set -l seen "__fish_seen_subcommand_from refile"
complete -c trommel -n $seen -s c -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'
complete -c trommel -n $seen -l into -x -d 'file into this mail, as mail_location has it; else your own'
complete -c trommel -n $seen -l move -d 'take messages out of their source once their copies are on disk'
complete -c trommel -n $seen -l allow-outgoing -d 'send what the rules redirect, answer, refuse and notify; else nothing is'
complete -c trommel -n $seen -s y -l yes -d 'do not ask'
complete -c trommel -n $seen -s j -x -d 'judge so many messages at a time; else as many as there are cores'
complete -c trommel -n $seen -l shard -x -d 'only the I-th of N parts, for many workers'
complete -c trommel -n $seen -l resume -x -a '(__trommel_runs)' -d 'go on with a run that was interrupted'
complete -c trommel -n $seen -F

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a undo -d 'put back what refile has done'
set -l seen "__fish_seen_subcommand_from undo"
complete -c trommel -n $seen -s c -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'
complete -c trommel -n $seen -l forget -d 'rather give up what is kept of the run, so that it stays as it is'
complete -c trommel -n $seen -f -a '(__trommel_runs)'

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a test -d 'run tests of rules, written in Sieve'
set -l seen "__fish_seen_subcommand_from test"
complete -c trommel -n $seen -s c -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'
complete -c trommel -n $seen -s F -l expect-failure -d 'tests are expected to fail'
complete -c trommel -n $seen -s v -l verbose -d 'every test by its name, not those that fail alone'
complete -c trommel -n $seen -s W -l keep -x -a '(__fish_complete_directories)' -d 'leave what was stored below DIR'
complete -c trommel -n $seen -l junit -r -d 'a report in JUnit\'s XML'
complete -c trommel -n $seen -l tap -d 'TAP instead of sentences'
complete -c trommel -n $seen -l timeout -x -d 'for each file (60)'
complete -c trommel -n $seen -F

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a state -d 'show and forget what is remembered between messages'
set -l seen "__fish_seen_subcommand_from state"
complete -c trommel -n $seen -s c -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'
complete -c trommel -n $seen -l use -x -a 'duplicate vacation redirect notice' -d 'only this: duplicate, vacation, redirect or notice'
complete -c trommel -n $seen -l json -d 'an object in a line for each entry'
complete -c trommel -n $seen -s d -l user -x -a '(__fish_complete_users)' -d 'whose; only root may name another'
complete -c trommel -n $seen -l all -d 'forget everything'
complete -c trommel -n $seen -s y -l yes -d 'do not ask'
complete -c trommel -n "$seen; and not __fish_seen_subcommand_from list show forget prune" -f -a 'list show forget prune'
set -l seen "$seen; and __fish_seen_subcommand_from list show forget prune"
complete -c trommel -n $seen -f -a '(__fish_complete_users)'

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a config -d 'show the settings in force and where each came from'
set -l seen "__fish_seen_subcommand_from config"
complete -c trommel -n $seen -s c -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'
complete -c trommel -n $seen -l json -d 'an array with an object for each'
complete -c trommel -n $seen -l describe -d 'what there is to set, with defaults'

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a doctor -d 'say what would become of a user\'s mail, and what stands in its way'
set -l seen "__fish_seen_subcommand_from doctor"
complete -c trommel -n $seen -s c -r -d 'this file instead of the site\'s configuration'
complete -c trommel -n $seen -s o -x -a '(__trommel_settings)' -d 'one setting (see trommel.conf(5))'
complete -c trommel -n $seen -l json -d 'an array with an object for each line'
complete -c trommel -n $seen -f -a '(__fish_complete_users)'

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a report -d 'count what became of the mail, from the log: folders, rules, days'
set -l seen "__fish_seen_subcommand_from report"
complete -c trommel -n $seen -l script -r -d 'the rules: names, and which never hit'
complete -c trommel -n $seen -l user -x -a '(__fish_complete_users)' -d 'of this user\'s mail alone'
complete -c trommel -n $seen -l json -d 'one object'
complete -c trommel -n $seen -l html -r -d 'a page with charts, complete in itself; - for standard output'
complete -c trommel -n $seen -F

complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a help -d 'explain a command or a topic'
set -l seen "__fish_seen_subcommand_from help"
complete -c trommel -n $seen -f -a 'deliver check fmt try grep split refile undo test state config doctor report help rules mta extensions actions exit'
