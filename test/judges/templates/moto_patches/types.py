"""Resource types whose model in moto (5.2.5) lacks a step that moto's own service offers, or takes the wrong one."""

import json

from moto.batch.models import ComputeEnvironment, JobDefinition, JobQueue, batch_backends
from moto.batch.utils import lowercase_first_key
from moto.ec2 import ec2_backends
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.models.flow_logs import FlowLogs
from moto.ec2.models.internet_gateways import InternetGateway
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.route_tables import Route, RouteTable
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupIngress
from moto.ec2.models.subnets import SubnetRouteTableAssociation
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.models.vpn_gateway import VPCGatewayAttachment
from moto.iam.models import ManagedPolicy, Role, iam_backends
from moto.kms.models import Alias, Key, kms_backends
from moto.logs.models import LogGroup, logs_backends
from moto.s3.models import FakeBucket, s3_backends
from moto.ssm.models import Parameter
from moto.utilities.utils import get_partition

class Refused(Exception):
    """What the real service answers where moto's model says nothing."""


def creates(model):
    """Replaces a model's creation by function(moto's own creation, name, properties, account, region)."""

    def wrap(function):
        original = model.create_from_cloudformation_json

        def create(cls, name, given, account_id, region_name, **kwargs):
            make = lambda: original(name, given, account_id, region_name, **kwargs)  # noqa: E731
            return function(make, name, given["Properties"], account_id, region_name)

        model.create_from_cloudformation_json = classmethod(create)

    return wrap


def updates(model):
    """Gives a model an update in place: function(resource, properties, account, region)."""

    def wrap(function):
        def update(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
            function(original_resource, cloudformation_json["Properties"], account_id, region_name)
            return original_resource

        model.update_from_cloudformation_json = classmethod(update)

    return wrap


def deletes(model):
    """Gives a model its deletion: function(resource, account, region)."""

    def wrap(function):
        model.delete = lambda self, account_id, region_name: function(self, account_id, region_name)

    return wrap


def _iam(account_id, region):
    return iam_backends[account_id][get_partition(region)]


def _attach_listed(role, properties, account_id, region):
    """Attaches the policies of ManagedPolicyArns and detaches those that were listed before."""
    wanted, before = set(properties.get("ManagedPolicyArns", [])), getattr(role, "listed_policies", set())
    for arn in (before - wanted) & set(role.managed_policies):
        role.managed_policies[arn].detach_from(role)
    for arn in wanted - set(role.managed_policies):
        _iam(account_id, region).attach_role_policy(arn, role.name)
    role.listed_policies = wanted


def install():
    _install_creation()
    _install_updates()
    _install_deletion()


def _install_creation():
    @creates(Role)
    def _(make, name, properties, account_id, region):
        """ManagedPolicyArns are never attached."""
        role = make()
        _attach_listed(role, properties, account_id, region)
        return role

    @creates(Alias)
    def _(make, name, properties, account_id, region):
        """An alias that exists is taken over in silence."""
        if any(properties["AliasName"] in key.aliases for key in kms_backends[account_id][region].keys.values()):
            raise Refused(f"An alias with the name {properties['AliasName']} already exists")
        return make()

    @creates(Key)
    def _(make, name, properties, account_id, region):
        """moto's KMS reads the policy as text, and breaks down at every call for a key that CloudFormation made."""
        properties["KeyPolicy"] = json.dumps(properties["KeyPolicy"])
        # The API's names of a tag's parts, which CloudFormation does not use.
        properties["Tags"] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
        return make()

    @creates(Parameter)
    def _(make, name, properties, account_id, region):
        """CloudFormation's tags of a parameter are a map, moto's model wants a list."""
        if isinstance(tags := properties.get("Tags"), dict):
            properties["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
        return make()

    @creates(LogGroup)
    def _(make, name, properties, account_id, region):
        """The key is looked for under a name that CloudFormation does not use."""
        group = make()
        group.kms_key_id = properties.get("KmsKeyId")
        return group

    @creates(JobDefinition)
    def _(make, name, properties, account_id, region):
        """RetryStrategy is optional, moto's model requires it."""
        properties.setdefault("RetryStrategy", {})
        return make()

    @creates(ComputeEnvironment)
    def _(make, name, properties, account_id, region):
        """ServiceRole is optional (AWS Batch then uses its service-linked role) and Type has no case; not so in moto."""
        properties["Type"] = properties["Type"].upper()
        machines = properties.get("ComputeResources", {})
        if "SecurityGroupIds" not in machines and "LaunchTemplate" in machines:
            # The launch template names the groups, which moto does not read: it looks for one of the network all the same.
            ec2 = ec2_backends[account_id][region]
            vpc = ec2.get_subnet(machines["Subnets"][0]).vpc_id
            machines["SecurityGroupIds"] = [ec2.get_security_group_from_name("default", vpc).id]
        if "ServiceRole" not in properties:
            iam = _iam(account_id, region)
            linked = [role for role in iam.get_roles() if role.name.lower() == "awsserviceroleforbatch"]
            role = linked[0] if linked else iam.create_service_linked_role("batch.amazonaws.com", "", "")
            properties["ServiceRole"] = role.arn
        return make()


def _install_updates():
    @updates(Role)
    def _(role, properties, account_id, region):
        """Only the description was updated, and the session duration was read from a property that does not exist."""
        iam = _iam(account_id, region)
        iam.update_role(role.name, properties.get("Description", ""), properties.get("MaxSessionDuration", 3600))
        iam.update_assume_role_policy(role.name, json.dumps(properties["AssumeRolePolicyDocument"]))
        role.tags = properties.get("Tags", [])
        for name in list(role.policies):
            role.delete_policy(name)
        for policy in properties.get("Policies", []):
            role.put_policy(policy["PolicyName"], policy["PolicyDocument"])
        _attach_listed(role, properties, account_id, region)

    @updates(ManagedPolicy)
    def _(policy, properties, account_id, region):
        iam = _iam(account_id, region)
        for version in [v for v in policy.versions if v.version_id != policy.default_version_id]:
            iam.delete_policy_version(policy.arn, version.version_id)
        iam.create_policy_version(policy.arn, json.dumps(properties["PolicyDocument"]), True)
        wanted = properties.get("Roles", [])
        for role in [role for role in iam.get_roles() if policy.arn in role.managed_policies and role.name not in wanted]:
            policy.detach_from(role)
        for name in wanted:
            if policy.arn not in iam.get_role(name).managed_policies:
                iam.attach_role_policy(policy.arn, name)

    @updates(Key)
    def _(key, properties, account_id, region):
        key.policy, key.description = json.dumps(properties["KeyPolicy"]), properties.get("Description")
        key.key_rotation_status, key.enabled = properties.get("EnableKeyRotation", False), properties.get("Enabled", True)

    @updates(LogGroup)
    def _(group, properties, account_id, region):
        group.set_retention_policy(properties.get("RetentionInDays"))
        group.kms_key_id = properties.get("KmsKeyId")

    @updates(SecurityGroup)
    def _(group, properties, account_id, region):
        """moto deletes the group and makes another, with another id; CloudFormation changes the rules in place."""
        backend = ec2_backends[account_id][region]
        given = {"Properties": {**properties, "VpcId": group.vpc_id}}
        twin = SecurityGroup.create_from_cloudformation_json(f"{group.name}-next", given, account_id, region)
        group.ingress_rules = twin.ingress_rules
        backend.delete_security_group(group_id=twin.id)

    @updates(JobQueue)
    def _(queue, properties, account_id, region):
        environments = [lowercase_first_key(item) for item in properties["ComputeEnvironmentOrder"]]
        state = properties.get("State", "ENABLED")
        batch_backends[account_id][region].update_job_queue(queue.arn, properties["Priority"], state, environments, None)


def _install_deletion():
    @deletes(FakeBucket)
    def _(bucket, account_id, region):
        """A bucket that holds objects, or versions of them, stays without a word."""
        backend = s3_backends[account_id][get_partition(region)]
        backend.delete_bucket(bucket.name)
        if bucket.name in backend.buckets:
            raise Refused(f"The bucket {bucket.name} is not empty")

    delete_role = Role.delete_from_cloudformation_json

    @deletes(Role)
    def _(role, account_id, region):
        """moto refuses the deletion for the policies of ManagedPolicyArns, which CloudFormation detaches."""
        _attach_listed(role, {}, account_id, region)
        delete_role(role.name, {}, account_id, region)

    @deletes(ManagedPolicy)
    def _(policy, account_id, region):
        iam = _iam(account_id, region)
        for role in [role for role in iam.get_roles() if policy.arn in role.managed_policies]:
            policy.detach_from(role)
        iam.delete_policy(policy.arn)

    def ec2(model, delete):
        deletes(model)(lambda resource, account_id, region: delete(ec2_backends[account_id][region], resource))

    ec2(VPCEndPoint, _delete_endpoint)
    ec2(FlowLogs, lambda backend, log: backend.delete_flow_logs([log.id]))
    ec2(RouteTable, lambda backend, table: backend.delete_route_table(table.id))
    ec2(Route, lambda backend, route: route.route_table._routes.pop(route.id, None))
    ec2(InternetGateway, lambda backend, gateway: backend.delete_internet_gateway(gateway.id))
    ec2(NatGateway, _delete_nat_gateway)
    ec2(ElasticAddress, lambda backend, address: backend.release_address(allocation_id=address.allocation_id))
    ec2(VPCGatewayAttachment, lambda backend, a: backend.detach_internet_gateway(a.gateway_id, a.vpc_id))
    ec2(SecurityGroupIngress, _revoke)
    ec2(
        SubnetRouteTableAssociation,
        lambda backend, a: backend.subnet_associations.pop(f"{a.route_table_id}:{a.subnet_id}"),
    )

    def batch(model, method):
        deletes(model)(lambda it, account_id, region: getattr(batch_backends[account_id][region], method)(it.arn))

    batch(ComputeEnvironment, "delete_compute_environment")
    batch(JobQueue, "delete_job_queue")
    batch(JobDefinition, "deregister_job_definition")


def _delete_endpoint(backend, endpoint):
    """moto's service keeps a deleted endpoint in its list; its routes are gone with it."""
    backend.delete_vpc_endpoints([endpoint.id])
    backend.vpc_end_points.pop(endpoint.id)


def _delete_nat_gateway(backend, gateway):
    """moto's service keeps a deleted gateway in its list, and the network interface it made."""
    backend.nat_gateways.pop(gateway.id)
    backend.delete_network_interface(gateway._eni.id)


def _revoke(backend, rule):
    given, group_id = rule.properties, rule.security_group.id
    ranges = [{"CidrIp": given["CidrIp"], "Description": given.get("Description")}] if "CidrIp" in given else []
    source = given.get("SourceSecurityGroupId")
    groups, ports = [{"GroupId": source}] if source else [], (given.get("FromPort"), given.get("ToPort"))
    backend.revoke_security_group_ingress(group_id, given["IpProtocol"], *ports, ranges, groups)
