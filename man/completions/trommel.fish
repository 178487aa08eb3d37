# fish completion for trommel(1)

function __trommel_keys
    trommel config --describe 2>/dev/null | string replace -r '\t.*' '='
end

set -l commands deliver check try test state config help
complete -c trommel -n "not __fish_seen_subcommand_from $commands" -f
complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a deliver -d 'Deliver standard input'
complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a check -d 'Show what is wrong with scripts'
complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a try -d 'Say what rules would do with saved messages'
complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a test -d 'Run tests of rules'
complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a state -d 'Show and forget what is remembered'
complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a config -d 'Print the settings in force'
complete -c trommel -n "not __fish_seen_subcommand_from $commands" -a help -d 'List the commands'
complete -c trommel -n "__fish_seen_subcommand_from check try test" -F

set -l delivery "not __fish_seen_subcommand_from check try test state help"
complete -c trommel -n $delivery -s d -x -a '(__fish_complete_users)' -d 'Deliver to this user'
complete -c trommel -n $delivery -s f -x -d 'Envelope sender'
complete -c trommel -n $delivery -s a -x -d 'Detail, or original recipient'
complete -c trommel -n $delivery -s r -x -d 'Final recipient'
complete -c trommel -n $delivery -s m -x -d 'Folder that takes what rules keep'
complete -c trommel -n $delivery -s s -r -d 'Use these rules'
complete -c trommel -n $delivery -s c -r -d 'Configuration file'
complete -c trommel -n $delivery -s o -x -a '(__trommel_keys)' -d 'Set one configuration key'

set -l try "__fish_seen_subcommand_from try"
complete -c trommel -n $try -l sender -x -d 'Envelope sender'
complete -c trommel -n $try -l recipient -x -d 'Envelope recipient'
complete -c trommel -n $try -l now -x -d 'The time that the rules see'
complete -c trommel -n $try -l mail -x -d 'Where folders are looked for'
set -l test "__fish_seen_subcommand_from test"
complete -c trommel -n $test -s F -l expect-failure -d 'Tests are expected to fail'
complete -c trommel -n $test -s v -l verbose -d 'Name every test'
complete -c trommel -n $test -s W -l keep -r -d 'Keep the mail-stores below this directory'
complete -c trommel -n $test -l junit -r -d 'Write a report in JUnit XML'
complete -c trommel -n $test -l tap -d 'Print TAP'
complete -c trommel -n $test -l timeout -x -d 'Seconds that one file may take'
set -l state "__fish_seen_subcommand_from state"
complete -c trommel -n "$state; and not __fish_seen_subcommand_from list show forget prune" -f -a 'list show forget prune'
complete -c trommel -n $state -s d -l user -x -a '(__fish_complete_users)' -d 'Whose state'
complete -c trommel -n $state -l use -x -a 'duplicate vacation redirect notice' -d 'Only this'
complete -c trommel -n $state -l json -d 'An object in a line for each entry'
complete -c trommel -n $state -l all -d 'Forget everything'
complete -c trommel -n $state -s y -l yes -d 'Do not ask'
complete -c trommel -n "__fish_seen_subcommand_from help" -f -a 'deliver check try test state config rules mta exit'
