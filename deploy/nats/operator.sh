#!/usr/bin/env bash
# The layout of tenants.conf in operator mode: accounts and users are JWTs that `nsc` signs, and no password is stored
# anywhere. Needs nsc; it was run with nsc 2.12. It writes into the current folder:
#
#   resolver.conf   operator, accounts and resolver, which operator.conf includes
#   creds/          a credentials file for each user: `plansync serve --nats-creds creds/plansync.creds`
#
# Requests, commands, events and consumers are private exports: an account can import what an activation of PLANSYNC
# names, and nothing else, even if the administrators of a tenant sign their own account.
set -euo pipefail

mkdir -p creds activations

key() { nsc describe account "$1" --field sub | tr -d '"'; }

user() { # account, user, subjects to publish, subjects to subscribe to
    nsc add user --account "$1" --name "$2" --allow-pub "$3" --allow-sub "$4"
    nsc generate creds --account "$1" --name "$2" --output-file "creds/$2.creds"
}

activate() { # account, subject
    local file
    file="activations/$1-$(printf %s "$2" | tr -c 'A-Za-z0-9_\n-' '_').jwt"
    nsc generate activation --account PLANSYNC --target-account "$(key "$1")" --subject "$2" --output-file "$file"
    nsc add import --account "$1" --name "$2" --token "$file"
}

public() { # account, subject, local subject
    nsc add import --account "$1" --name "$2" --service --src-account "$(key PLANSYNC)" \
        --remote-subject "$2" --local-subject "$3"
}

account() { # name
    nsc add account --name "$1"
    # Nobody answers there: with this import, the account has no JetStream interface.
    public "$1" plansync.v1.nobody '$JS.API.INFO'
}

tenant() { # name
    account "$1"
    activate "$1" "plansync.v1.req.$1.>"
    activate "$1" "plansync.v1.cmd.$1.>"
    public "$1" '$SRV.PING.plansync' '$SRV.PING.plansync'
    user "$1" "$1-system" "plansync.v1.req.$1.system.>,plansync.v1.cmd.$1.system.>,\$SRV.PING.plansync" \
        "_INBOX.$1-system.>"
}

administrator() { # tenant, actor
    user "$1" "$1-$2" "plansync.v1.req.$1.$2.>,plansync.v1.cmd.$1.$2.>" "_INBOX.$1-$2.>"
}

events() { # tenant: users who receive its events as they are published
    account "$1-events"
    activate "$1-events" "plansync.v1.evt.$1.>"
    nsc add user --account "$1-events" --name "$1-events" --deny-pub '>' --allow-sub "plansync.v1.evt.$1.>"
    nsc generate creds --account "$1-events" --name "$1-events" --output-file "creds/$1-events.creds"
}

subscriber() { # name, stream: after `plansync subscriber add NAME`
    local next="\$JS.API.CONSUMER.MSG.NEXT.$2.$1" info="\$JS.API.CONSUMER.INFO.$2.$1" ack="\$JS.ACK.$2.$1.>"
    account "$1"
    activate "$1" "$next"
    activate "$1" "$info"
    activate "$1" "$ack"
    user "$1" "$1" "$next,$info,$ack" '_INBOX.>'
}

bridge() { # `plansync bridge`, if there are subscribers to events in JSON
    local subject subjects=(plansync.v1.evtjson.\>) # it publishes events in JSON, and reads both streams
    for stream in PLANSYNC_EVENTS PLANSYNC_EVENTS_JSON; do
        subjects+=("\$JS.API.STREAM.INFO.$stream" "\$JS.API.STREAM.MSG.GET.$stream")
    done
    account plansync-bridge
    for subject in "${subjects[@]}"; do
        private "$subject"
        activate plansync-bridge "$subject"
    done
    user plansync-bridge plansync-bridge "$(IFS=,; printf %s "${subjects[*]}")" '_INBOX.>'
}

private() { # subject of a service, further options
    nsc add export --account PLANSYNC --name "$1" --subject "$1" --service --private "${@:2}"
}

nsc add operator --name plansync --sys
nsc add account --name PLANSYNC
nsc edit account --name PLANSYNC --js-mem-storage -1 --js-disk-storage -1 --js-streams -1 --js-consumer -1
private 'plansync.v1.req.*.>'
private 'plansync.v1.cmd.*.>'
for stream in PLANSYNC_EVENTS PLANSYNC_EVENTS_JSON; do
    private "\$JS.API.CONSUMER.MSG.NEXT.$stream.*" --response-type Stream
    private "\$JS.API.CONSUMER.INFO.$stream.*"
    private "\$JS.ACK.$stream.*.>"
done
nsc add export --account PLANSYNC --name 'plansync.v1.evt.*.>' --subject 'plansync.v1.evt.*.>' --private
nsc add export --account PLANSYNC --name ping --subject '$SRV.PING.plansync' --service
nsc add export --account PLANSYNC --name nobody --subject plansync.v1.nobody --service
user PLANSYNC plansync '>' '>'

tenant northgate
administrator northgate alice
events northgate
tenant southgate
administrator southgate bob
subscriber northgate-warehouse PLANSYNC_EVENTS
subscriber southgate-reports PLANSYNC_EVENTS_JSON
bridge

nsc generate config --mem-resolver --sys-account SYS --config-file resolver.conf --force
